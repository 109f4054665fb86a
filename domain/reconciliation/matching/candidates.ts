import { type TradeRecord } from '../trade-record.js';
import { contentText } from './compared-fields.js';
import { hashBase, hashText, mixed } from './hashes.js';

/** A record that no exact match took, with what makes the later steps independent of the order of the rows. */
export interface Candidate {
  readonly record: TradeRecord;
  /** Its place among the candidates of its side, by what it says; only equal records are ordered by their place. */
  readonly order: number;
  /** Of what it says. */
  readonly hash: number;
  /** Who sent it, where that is known. */
  readonly source?: string | undefined;
}

/** What is still without a match, group or break, in canonical order. */
export interface OpenCandidates {
  readonly internal: readonly Candidate[];
  readonly broker: readonly Candidate[];
}

/** @param sources of the side's uploads, by their index */
export function candidatesOf(records: readonly TradeRecord[], sources: readonly string[] = []): Candidate[] {
  return records
    .map((record) => ({ record, text: contentText(record) }))
    .sort((left, right) => compareTexts(left.text, right.text) || comparePlaces(left.record, right.record))
    .map(({ record, text }, order) => ({
      record,
      order,
      hash: hashText(hashBase, text),
      source: sources[record.upload],
    }));
}

export function comparePlaces(left: TradeRecord, right: TradeRecord): number {
  return left.upload - right.upload || left.line - right.line;
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Those that are not in `taken`. */
export function without({ internal, broker }: OpenCandidates, taken: ReadonlySet<Candidate>): OpenCandidates {
  const isOpen = (candidate: Candidate): boolean => !taken.has(candidate);
  return { internal: internal.filter(isOpen), broker: broker.filter(isOpen) };
}

/** Decides among pairs that are equally good: by what the two records say, and alike from either side. */
export function tieOf(left: Candidate, right: Candidate): number {
  return mixed(left.hash ^ right.hash);
}
