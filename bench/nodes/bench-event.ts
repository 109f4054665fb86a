import { type JSONEventData, jsonEvent } from '@eventstore/db-client';

export interface BenchData {
  readonly number: number;
  readonly text: string;
  readonly [key: string]: string | number;
}

const TEXT = 'a quick brown fox jumps over the lazy dog; '.repeat(12).slice(0, 500);

/** About 550 bytes as JSON. */
export function benchEventData(number: number): BenchData {
  return { number, text: TEXT };
}

export function benchEvent(number: number): JSONEventData {
  return jsonEvent({ type: 'Measured', data: benchEventData(number) });
}
