import type { Findings } from './findings.js';
import type { NodeKind } from './node-process.js';
import type { Round } from './round.js';

/** What writes to one kind of node, remembers what it acknowledged, and knows how to look whether that is kept. */
export interface Subject {
  readonly kind: NodeKind;
  /** How many acknowledgements were synced to the journal. */
  readonly acknowledged: number;
  /** Writes through the official client until the node is killed. */
  load(url: string, round: Round): Promise<void>;
  /** Reads the tables of the dead node and compares them with themselves and with the journal. */
  check(): Promise<Findings>;
  /** Asks a running node for everything acknowledged, through the official client. */
  readBack(url: string): Promise<Findings>;
  close(): Promise<void>;
}

export interface SubjectOptions {
  /** The store of the node. */
  readonly directory: string;
  /** Where the acknowledgements are written. */
  readonly journalPath: string;
  readonly seed: number;
}
