import { runEvents, type Break, type RunEvent } from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedBreak extends Break {
  readonly breakId: string;
  readonly runId: string;
  readonly foundAt: string;
}

type BreaksFound = Extract<RunEvent, { type: 'BreaksFound' }>;

/** What people work on one by one: a document each. */
export const breaks = projection<ListedBreak, BreaksFound>({
  name: 'breaks',
  version: 1,
  indexes: [['runId', 'type']],
  events: { BreaksFound: runEvents.BreaksFound },
  key: ({ data }) => data.breaks.map((_found, index) => breakId(data.runId, data.first + index)),
  on: {
    BreaksFound: (_before, { data, at }, id) => {
      const found = data.breaks[ordinalOf(id) - data.first];
      return found && { breakId: id, runId: data.runId, ...found, foundAt: at };
    },
  },
});

/** Sorts as the breaks of a run do. */
function breakId(runId: string, ordinal: number): string {
  return `${runId}.${String(ordinal).padStart(8, '0')}`;
}

function ordinalOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('.') + 1));
}
