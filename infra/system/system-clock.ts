import type { Clock } from '../../domain/kernel/time.js';

export const systemClock: Clock = { now: () => Promise.resolve(new Date().toISOString()) };
