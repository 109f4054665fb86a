import { type FilterOptions } from '../wire/read-request.js';

export const ALL = '$all';

export type GroupFilter = Pick<FilterOptions, 'on' | 'regex' | 'prefixes'>;

/** Where a group begins that has no checkpoint yet: at a revision, or at a position of `$all`, inclusive. */
export type GroupStart = 'start' | 'end' | { readonly commit: bigint; readonly prepare: bigint };

export interface GroupSettings {
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  /** Milliseconds until a message that nobody answered is given again; 0: never. */
  readonly messageTimeout: number;
  readonly maxRetryCount: number;
  /** Milliseconds between checkpoints that are not forced by `maxCheckpointCount`; 0: only forced ones. */
  readonly checkpointAfter: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** 0: as many as come. */
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: string;
}

/** Names a group: `stream` is `$all` for a group on everything. */
export interface GroupName {
  readonly stream: string;
  readonly group: string;
}

export interface GroupDefinition extends GroupName {
  /** For groups on `$all` only. */
  readonly filter: GroupFilter | undefined;
  readonly start: GroupStart;
  readonly settings: GroupSettings;
}

/** The server's name of a group, which its streams carry too. */
export function keyOf({ stream, group }: GroupName): string {
  return `${stream}::${group}`;
}

export const STRATEGIES = ['RoundRobin', 'DispatchToSingle', 'Pinned', 'PinnedByCorrelation'] as const;

export function isStrategyName(name: string): boolean {
  return STRATEGIES.some((known) => known === name);
}

const GREATEST_REVISION = 2n ** 63n - 1n;

/** Why a group cannot be as it is asked for; undefined when it can. `end` is the end of the log. */
export function flawOf(definition: GroupDefinition, end: number): string | undefined {
  const { stream, group, start, settings } = definition;
  if (stream === '') return 'Bad stream name.';
  if (group === '') return 'Bad group name.';
  if (!isStrategyName(settings.strategy)) return `Consumer strategy ${settings.strategy} does not exist.`;
  if (typeof start === 'object') {
    const flaw = stream === ALL ? flawOfPosition(start, end) : flawOfRevision(start.commit);
    if (flaw !== undefined) return flaw;
  }
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && value < 0) return `${name} may not be negative.`;
  }
  if (settings.readBatchSize === 0) return 'readBatchSize must be positive.';
  return settings.readBatchSize >= settings.historyBufferSize
    ? 'ReadBatchSize may not be greater than or equal to BufferSize'
    : undefined;
}

function flawOfRevision(revision: bigint): string | undefined {
  return revision > GREATEST_REVISION
    ? 'Invalid Start From position: event number must be greater than or equal to -1.'
    : undefined;
}

function flawOfPosition(start: { commit: bigint; prepare: bigint }, end: number): string | undefined {
  if (start.prepare > start.commit) {
    return 'Invalid Start From position: prepare position must be less than or equal to the commit position.';
  }
  return start.commit > BigInt(end)
    ? 'Invalid Start From position: commit position must be less than or equal to the last commit position in the transaction file.'
    : undefined;
}
