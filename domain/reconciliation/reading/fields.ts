import { type TradeField } from '../uploads/mapping-profile.js';
import { type Problem } from './calendar.js';

/**
 * What one row of a file sends for a field: its text, undefined where it sends none (a constant may fill it in), or why
 * it cannot be told.
 */
export type SentFields = (field: TradeField) => string | undefined | Problem;

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'reason' in value;
}
