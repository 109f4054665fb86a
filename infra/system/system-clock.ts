import type { Clock } from '../../domain/kernel/time.js';

export const systemClock: Clock = { now: () => new Date().toISOString() };
