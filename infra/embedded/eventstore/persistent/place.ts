import { TOMBSTONE_REVISION } from '../store/head.js';
import { ALL, type GroupStart } from './definition.js';

/** The revision of a tombstone as the server writes it. */
const TOMBSTONE = '9223372036854775807';

/** A place in the source of a group as the server writes it: a revision, or a position of `$all`. */
export function writePlace(stream: string, place: number): string {
  if (stream === ALL) return `C:${place}/P:${place}`;
  return place === TOMBSTONE_REVISION ? TOMBSTONE : String(place);
}

/** Reads what `writePlace` wrote; undefined for anything else. */
export function readPlace(stream: string, text: string): number | undefined {
  const digits = stream === ALL ? /^C:(\d{1,15})\/P:\d{1,15}$/.exec(text)?.[1] : text;
  if (digits === TOMBSTONE) return TOMBSTONE_REVISION;
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/** The start as the server writes it: the end of a source is -1. */
export function writeStart(stream: string, start: GroupStart): string {
  if (start === 'start') return writePlace(stream, 0);
  if (start === 'end') return stream === ALL ? 'C:-1/P:-1' : '-1';
  return stream === ALL ? `C:${start.commit}/P:${start.prepare}` : String(start.commit);
}

export function readStart(stream: string, text: string): GroupStart | undefined {
  if (text === writeStart(stream, 'start')) return 'start';
  if (text === writeStart(stream, 'end')) return 'end';
  const parts = stream === ALL ? /^C:(\d{1,19})\/P:(\d{1,19})$/.exec(text) : /^(\d{1,19})$/.exec(text);
  const [, commit, prepare = commit] = parts ?? [];
  return commit === undefined || prepare === undefined
    ? undefined
    : { commit: BigInt(commit), prepare: BigInt(prepare) };
}
