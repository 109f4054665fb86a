import { hash } from 'node:crypto';
import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import { isJsonObject } from '../../../domain/kernel/json.js';
import { canonicalJson } from '../../eventstore/canonical-json.js';

/** An event: commit and prepare position, its place, its id, its hash and the hash of its payload. */
export interface EventEntry {
  readonly k: 'ev';
  readonly pos: string;
  readonly pre: string;
  readonly stream: string;
  readonly rev: string;
  readonly id: string;
  readonly type: string;
  readonly h: string;
  readonly ph: string;
}
/** A stream's metadata was written: a deletion, a truncation, an access list. */
export interface MetadataEntry {
  readonly k: 'md';
  readonly pos: string;
  readonly stream: string;
  readonly rev: string;
  readonly ph: string;
}
/** A stream was tombstoned. */
export interface TombstoneEntry {
  readonly k: 'ts';
  readonly pos: string;
  readonly stream: string;
}
/** The head of a workspace's log, in the origin's log; `ws` is `workspaceTag`. */
export interface TreeHeadEntry {
  readonly k: 'th';
  readonly ws: string;
  readonly size: string;
  readonly root: string;
  /** First and last position of what it grew by. */
  readonly from: string;
  readonly to: string;
}
/** How the origin's log is made from here on: by which filter, and whose signature counts. */
export interface ConfigurationEntry {
  readonly k: 'cfg';
  readonly filter: string;
  /** Verifier key of the origin's log. */
  readonly key: string;
  /** Of the key before, over this entry without it; empty in the first. */
  readonly signature: string;
}

export type WorkspaceEntry = EventEntry | MetadataEntry | TombstoneEntry;
export type OriginEntry = TreeHeadEntry | ConfigurationEntry;

/** The bytes of a leaf: RFC 8785 of one object whose values are strings. */
export function encodeEntry(entry: WorkspaceEntry | OriginEntry): Buffer {
  return Buffer.from(canonicalJson({ ...entry }));
}

/** A workspace in the origin's log, where nobody shall read its name. */
export function workspaceTag(workspace: string): string {
  return hash('sha256', `axion/ws/1\n${workspace}`);
}

const fieldsOf = {
  ev: ['pos', 'pre', 'stream', 'rev', 'id', 'type', 'h', 'ph'],
  md: ['pos', 'stream', 'rev', 'ph'],
  ts: ['pos', 'stream'],
  th: ['ws', 'size', 'root', 'from', 'to'],
  cfg: ['filter', 'key', 'signature'],
} as const;

/** @throws InvariantBroken `audit.bad-entry` for bytes that `encodeEntry` could not have made */
export function decodeEntry(bytes: Uint8Array): WorkspaceEntry | OriginEntry {
  let value: unknown;
  const text = Buffer.from(bytes).toString();
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(messageOf(error));
  }
  if (!isJsonObject(value) || canonicalJson(value) !== text) throw bad('it is not canonical');
  if (!isEntry(value)) throw bad('its kind is not known, or it has other fields');
  return value;
}

function isEntry(value: object): value is WorkspaceEntry | OriginEntry {
  if (!('k' in value) || typeof value.k !== 'string' || !Object.hasOwn(fieldsOf, value.k)) return false;
  const fields: readonly string[] = ['k', ...fieldsOf[value.k as keyof typeof fieldsOf]];
  const found = Object.entries(value);
  return (
    found.length === fields.length &&
    found.every(([name, text]) => fields.includes(name) && typeof text === 'string')
  );
}

function bad(reason: string): InvariantBroken {
  return new InvariantBroken('audit.bad-entry', `a leaf of the audit log cannot be read: ${reason}`);
}
