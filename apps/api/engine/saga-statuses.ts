import type { SagaStatus } from '../../../domain/engine/contract.js';

/** What a saga that exists can be. */
export const sagaStatuses = [
  'running',
  'parked',
  'compensating',
  'ended',
  'failed',
  'cancelled',
] as const satisfies readonly SagaStatus[];
