import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { event, type EventOf } from '../../../domain/kernel/event.js';
import { streamName, systemWorkspace } from '../../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { ConfigurationEntry } from '../log/audit-entry.js';

/** Intents at even revisions, seals at odd ones (docs/audit-chain.md, the sealer). */
export const sealStream = streamName('seal', systemWorkspace, 'axion');

/** What is going to be sealed: whoever finds it unfinished completes exactly this. */
export interface SealIntent {
  /** From 1. */
  readonly n: number;
  /** Of the origin's log, afterwards. */
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** Positions: everything after `from`, up to and including `to`. `from` is empty for the first seal. */
  readonly from: string;
  readonly to: string;
  /** Leaves that the workspaces' logs grow by. */
  readonly count: number;
  /** Version of the filter that says what is a leaf. */
  readonly filter: string;
  /** The leaf that configures the log from here on; null when nothing changes. */
  readonly cfg: ConfigurationEntry | null;
}

export interface Seal {
  readonly n: number;
  readonly size: number;
  readonly root: string;
  /** The signed note. */
  readonly checkpoint: string;
}

export const sealEvents = {
  SealIntent: event<SealIntent>(),
  Sealed: event<Seal>(),
};
export type SealEvent = EventOf<typeof sealEvents>;

/** The end of the seal stream: what stands, and what was begun after it. */
export interface SealState {
  /** Of the last event; undefined for an empty stream. */
  readonly revision: bigint | undefined;
  readonly sealed: (Seal & Pick<SealIntent, 'to' | 'filter'>) | undefined;
  readonly pending: SealIntent | undefined;
}

/**
 * The state after the last events of the stream, the oldest first: at least an intent, and the seal before it.
 *
 * @throws InvariantBroken `audit.incident` when intents and seals do not alternate
 */
export function sealStateOf(last: readonly StoredEvent[]): SealState {
  let intent: SealIntent | undefined;
  let state: SealState = { revision: undefined, sealed: undefined, pending: undefined };
  for (const { type, revision, data } of last) {
    const odd = revision % 2n === 1n;
    const n = Number((revision + 2n) / 2n);
    const numbered = typeof data === 'object' && data !== null && 'n' in data && data.n === n;
    if (type !== (odd ? 'Sealed' : 'SealIntent') || !numbered) throw disorder(revision);
    if (!odd) {
      intent = data as object as SealIntent;
      state = { ...state, revision, pending: intent };
    } else if (intent?.n === n) {
      const { to, filter } = intent;
      state = { revision, sealed: { ...(data as object as Seal), to, filter }, pending: undefined };
    } else state = { ...state, revision };
  }
  return state;
}

/**
 * The state of the seal stream as it is now, and its last event.
 *
 * @throws InvariantBroken `audit.incident`
 */
export async function readSealState(
  log: Pick<EventLog, 'read' | 'readLast'>,
): Promise<{ readonly state: SealState; readonly newest: StoredEvent | undefined }> {
  const end = await log.readLast(sealStream);
  const last: StoredEvent[] = [];
  if (end) {
    const from = end.revision >= 2n ? (end.revision / 2n) * 2n - 2n : 0n;
    for await (const event of log.read(sealStream, from)) last.push(event);
  }
  return { state: sealStateOf(last), newest: last.at(-1) };
}

function disorder(revision: bigint): InvariantBroken {
  return new InvariantBroken(
    'audit.incident',
    `event ${revision} of the seal stream is not what comes there`,
  );
}
