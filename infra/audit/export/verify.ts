/* eslint-disable max-lines -- it is handed over as one file */
/**
 * Checks an export of Axion's audit trail. It lies in every export as `verify.mjs` and needs nothing but Node.js:
 *
 *     node verify.mjs [FOLDER] [--policy FILE] [--receipt FILE…] [--jobs N] [--json]
 *
 * It shares no code with the program that wrote the export, so that a fault of that one is not a fault of this one.
 * It ends with 0 (holds), 1 (violated) or 2 (misuse). What is hashed, and how: docs/audit-chain.md.
 */
import { isUtf8 } from 'node:buffer';
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = Record<string, string>;
interface StoredEvent {
  stream: string;
  revision: string;
  id: string;
  type: string;
  data: Json;
  metadata: Fields;
}
interface Line {
  entry: Fields;
  event?: StoredEvent;
}
interface Offence {
  line?: number;
  stream?: string;
  revision?: string;
  position?: string;
  reason: string;
}
interface Policy {
  /** Name of the log. */
  origin: string;
  /** Verifier keys, one of which must have signed. */
  keys: string[];
  /** Verifier keys of witnesses, of which so many must have cosigned. */
  witnesses?: string[];
  quorum?: number;
}
/** A leaf of the origin's log that names another key from there on, signed by the one before. */
interface Rotation {
  entry: Fields;
  index: number;
  proof: string[];
}
/** What a command was answered with, as the log signed it then. */
interface Receipt {
  stream: string;
  revision: string;
  position: string;
  hash: string;
}
interface Report {
  holds: boolean;
  leaves: number;
  events: number;
  hashOnly: number;
  receipts: number;
  workspace: string;
  origin: string;
  size: number;
  pinned: boolean;
  witnesses: string;
  offence?: Offence;
}

class Violation extends Error {
  constructor(readonly offence: Offence) {
    super(offence.reason);
  }
}

// RFC 8785. Data was refused at the door unless this is its one canonical form.
function canonical(value: Json): string {
  // Node writes numbers and texts as RFC 8785 does, and names in the order in which it was given them.
  return isSorted(value) ? JSON.stringify(value) : sorted(value);
}

function isSorted(value: Json): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let before: string | undefined;
  for (const key in value) {
    if (before !== undefined && key <= before) return false;
    if (!isSorted(value[key] as Json)) return false;
    before = key;
  }
  return true;
}

function sorted(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${sorted(value[key] as Json)}`);
  return `{${members.join()}}`;
}

const sha256 = (bytes: Uint8Array | string): Buffer => hash('sha256', bytes, 'buffer');
const hex = (text: string): string => hash('sha256', text);
const hashBytes = 32;
const leafHash = (entry: string): Buffer => sha256(`\0${entry}`);
const node = Buffer.alloc(1 + 2 * hashBytes, 1);
function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + hashBytes);
  return sha256(node);
}

/** The tree of RFC 6962, by the roots of its perfect subtrees. */
class Tree {
  constructor(
    public size = 0,
    private readonly roots: Buffer[] = [],
  ) {}

  append(leaf: Buffer): void {
    let node = leaf;
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2)
      node = nodeHash(this.roots.pop() ?? Buffer.alloc(0), node);
    this.roots.push(node);
    this.size += 1;
  }

  root(): Buffer {
    return this.roots.length === 0
      ? sha256('')
      : this.roots.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** RFC 9162, 2.1.3.2. */
function includes(index: number, size: number, leaf: Buffer, proof: Buffer[], root: Buffer): boolean {
  let [place, last, result] = [index, size - 1, leaf];
  if (index >= size) return false;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      result = nodeHash(sibling, result);
      while (place % 2 === 0 && place !== 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
    } else result = nodeHash(result, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && result.equals(root);
}

/** In the order of RFC 8785. */
const hashedKeys = 'actor at cause cmd corr h origin ph prev salt schema v ws'
  .split(' ')
  .map((key) => `a.${key}`);

/** The end of a stream. */
interface End {
  revision: bigint;
  h: string;
}
/** Where a stream goes on that was met before these lines, and what its first event in them links to. */
interface Beginning {
  line: number;
  revision: bigint;
  /** Undefined for what is kept as a hash only. */
  previous: string | undefined;
}

/** Walks one stream after another through their links, as they come. */
class Links {
  readonly ends = new Map<string, End>();
  /** Streams as these lines first meet them, where those before are checked by somebody else. */
  readonly beginnings = new Map<string, Beginning>();

  constructor(
    private readonly origin: string,
    /** The export begins in the middle: a stream may be met behind its beginning. */
    private readonly partial: boolean,
    /** Others check the lines before. */
    private readonly alone: boolean,
  ) {}

  /** @param data of the event, in its canonical form. @returns what is wrong, or nothing */
  follow(entry: Fields, event: StoredEvent | undefined, data: string, line: number): string | undefined {
    const stream = entry['stream'] ?? '';
    const revision = BigInt(entry['rev'] ?? -1);
    const known = this.ends.get(stream);
    this.ends.set(stream, { revision, h: entry['h'] ?? '' });
    const previous = event && (event.metadata['a.prev'] ?? '');
    if (!known && this.alone) this.beginnings.set(stream, { line, revision, previous });
    else {
      const fault = this.joins(stream, known, { revision, previous });
      if (fault !== undefined) return fault;
    }
    return event && eventFault(entry, event, data, this.origin);
  }

  /** @returns why an event does not follow the end of its stream, or nothing */
  joins(
    stream: string,
    end: End | undefined,
    { revision, previous }: Pick<Beginning, 'revision' | 'previous'>,
  ): string | undefined {
    if (!end && this.partial && revision > 0n) return undefined;
    const next = (end?.revision ?? -1n) + 1n;
    if (revision !== next) return `revision ${next} of its stream is missing before it`;
    const due = end?.h ?? hex(`axion/gen/1\n${this.origin}\n${stream}`);
    return previous !== undefined && previous !== due ? 'it does not link to the event before it' : undefined;
  }
}

function eventFault(entry: Fields, event: StoredEvent, data: string, origin: string): string | undefined {
  const text = (key: string): string => event.metadata[`a.${key}`] ?? '';
  const { stream, revision: rev, type } = event;
  const ph = hex(`axion/ph/1\n{"data":${data},"salt":${JSON.stringify(text('salt'))}}`);
  if (ph !== text('ph')) return 'its data is not what was hashed';
  const fields = {
    actor: text('actor'),
    at: text('at'),
    cause: text('cause'),
    cmd: text('cmd'),
    corr: text('corr'),
    origin: text('origin'),
    ph,
    prev: text('prev'),
    rev,
    schema: text('schema'),
    stream,
    type,
    v: text('v'),
    ws: text('ws'),
  };
  const h = hex(`axion/ev/1\n${JSON.stringify(fields)}`);
  if (h !== text('h')) return 'its metadata is not what was hashed';
  if (text('origin') !== origin) return 'it was written for another origin';
  const variant = ((parseInt(h.slice(16, 17), 16) & 3) | 8).toString(16);
  const id = `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`;
  if (id !== event.id) return 'its id is not its content';
  if (entry['stream'] !== stream) return 'its leaf names another stream';
  if (entry['rev'] !== rev) return 'its leaf names another rev';
  if (entry['type'] !== type) return 'its leaf names another type';
  if (entry['id'] !== id) return 'its leaf names another id';
  if (entry['h'] !== h) return 'its leaf names another h';
  return entry['ph'] === ph ? undefined : 'its leaf names another ph';
}

interface Signature {
  name: string;
  id: Buffer;
  bytes: Buffer;
}

/** A note as C2SP writes it: a text, an empty line, and signatures. */
function parseNote(note: string): { text: string; signatures: Signature[] } {
  const split = note.lastIndexOf('\n\n');
  const signatures = note
    .slice(split + 2)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
      const bytes = Buffer.from(encoded, 'base64');
      return { name, id: bytes.subarray(0, 4), bytes: bytes.subarray(4) };
    });
  return { text: note.slice(0, split + 1), signatures };
}

/** A verifier key, `name+id+base64`: the bytes are its type and the Ed25519 key. */
function keyOf(key: string): { name: string; material: Buffer; publicKey: KeyObject } {
  const [name = '', , ...encoded] = key.split('+');
  const material = Buffer.from(encoded.join('+'), 'base64');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), material.subarray(1)]);
  return { name, material, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** Whether the holder of a verifier key signed the text, as a log or as a witness. */
function signed(key: string, { text, signatures }: ReturnType<typeof parseNote>): boolean {
  const { name, material, publicKey } = keyOf(key);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), material])).subarray(0, 4);
  const own = signatures.filter((signature) => signature.name === name && signature.id.equals(id));
  return (
    own.length > 0 &&
    own.every(({ bytes }) => {
      if (material[0] === 1) return verify(null, Buffer.from(text), publicKey, bytes);
      if (material[0] !== 4 || bytes.length < 8) return false;
      const message = `cosignature/v1\ntime ${bytes.readBigUInt64BE(0)}\n${text}`;
      return verify(null, Buffer.from(message), publicKey, bytes.subarray(8));
    })
  );
}

/** Follows the keys from those of the policy on: each names, and signs for, the next. @returns those that count in the end */
function keysAfter(rotations: Rotation[], { keys }: Policy): string[] {
  let current = keys;
  for (const { entry } of rotations) {
    const { k = '', filter = '', key = '', signature = '' } = entry;
    const message = Buffer.from(canonical({ k, filter, key }));
    const named = current.some((one) =>
      verify(null, message, keyOf(one).publicKey, Buffer.from(signature, 'base64')),
    );
    if (named || current.includes(key)) current = [key];
  }
  return current;
}

/** A receipt is a note of six lines: axion/receipt/1, the log, stream, revision, position, hash. */
function openReceipt(encoded: string, keys: string[]): Receipt {
  const note = parseNote(encoded);
  const [heading, , stream = '', revision = '', position = '', hash = ''] = note.text.split('\n');
  if (heading !== 'axion/receipt/1' || !keys.some((key) => signed(key, note)))
    throw new Violation({ reason: 'a receipt is signed by no key of the log' });
  return { stream, revision, position, hash };
}

/** The origin's tree, as it was signed. */
function checkedCheckpoint(
  note: string,
  policy: Policy,
  keys: string[],
): { origin: string; size: number; root: Buffer; witnesses: string } {
  const parsed = parseNote(note);
  const [origin = '', size = '', root = ''] = parsed.text.split('\n');
  if (origin !== policy.origin)
    throw new Violation({ reason: `the checkpoint is of ${origin}, not of ${policy.origin}` });
  if (!keys.some((key) => signed(key, parsed)))
    throw new Violation({ reason: 'the checkpoint is signed by no key of the policy' });
  const { witnesses = [], quorum = 0 } = policy;
  const cosigned = witnesses.filter((key) => signed(key, parsed)).length;
  if (cosigned < quorum)
    throw new Violation({
      reason: `${cosigned} of the ${quorum} witnesses that the policy demands cosigned`,
    });
  return {
    origin,
    size: Number(size),
    root: Buffer.from(root, 'base64'),
    witnesses: `${cosigned} of ${witnesses.length}`,
  };
}

async function check(
  folder: string,
  policy: Policy,
  pinned: boolean,
  receiptFiles: string[],
  jobs: number,
): Promise<Report> {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const manifest = JSON.parse(read('manifest.json')) as {
    origin: string;
    workspace: string;
    first: number;
    size: number;
    root: string;
  };
  const head = JSON.parse(read('head.json')) as { entry: Fields; index: number; proof: string[] };
  const prefix = existsSync(join(folder, 'prefix')) ? (JSON.parse(read('prefix')) as string[]) : [];
  const rotations = existsSync(join(folder, 'rotations.json'))
    ? (JSON.parse(read('rotations.json')) as Rotation[])
    : [];
  const report: Report = {
    holds: false,
    leaves: 0,
    events: 0,
    hashOnly: 0,
    receipts: 0,
    workspace: manifest.workspace,
    origin: manifest.origin,
    size: manifest.size,
    pinned,
    witnesses: '',
  };
  try {
    const keys = keysAfter(rotations, policy);
    const checkpoint = checkedCheckpoint(read('checkpoint'), policy, keys);
    report.witnesses = checkpoint.witnesses;
    const stands = ({ entry, index, proof }: Rotation): boolean => {
      const hashes = proof.map((one) => Buffer.from(one, 'hex'));
      return includes(index, checkpoint.size, leafHash(canonical(entry)), hashes, checkpoint.root);
    };
    if (!rotations.every(stands))
      throw new Violation({ reason: 'a change of keys is not in the log that was signed' });
    if (!stands(head))
      throw new Violation({ reason: 'the head of the workspace is not in the log that was signed' });
    if (head.entry['ws'] !== hex(`axion/ws/1\n${manifest.workspace}`))
      throw new Violation({ reason: 'the head is of another workspace' });
    if (checkpoint.origin !== `axion/${manifest.origin}`)
      throw new Violation({ reason: 'the manifest names another origin than the checkpoint' });
    if (head.entry['size'] !== String(manifest.size) || head.entry['root'] !== manifest.root)
      throw new Violation({ reason: 'the manifest is not what the head says' });
    const trusted = [...policy.keys, ...rotations.flatMap(({ entry }) => entry['key'] ?? []), ...keys];
    const receipts = receiptFiles.map((file) => openReceipt(readFileSync(file, 'utf8'), trusted));
    await checkLeaves(join(folder, 'leaves.ndjson'), { ...manifest, prefix, receipts, jobs }, report);
    report.holds = true;
  } catch (error) {
    report.offence = error instanceof Violation ? error.offence : { reason: String(error) };
  }
  return report;
}

/** What lines are checked against. */
interface Expected {
  origin: string;
  workspace: string;
  first: number;
  receipts: Receipt[];
}

/** Checks lines as they come; those before may be checked by somebody else. */
class Lines {
  readonly links: Links;
  lines = 0;
  events = 0;
  hashOnly = 0;
  /** Position of the first line; undefined before it. */
  begin: bigint | undefined;
  /** Position of the last line. */
  before = -1n;
  readonly owed: Map<string, Receipt>;
  met = 0;

  constructor(
    private readonly expected: Expected,
    private readonly found: (leaf: Buffer) => void,
    alone: boolean,
  ) {
    this.links = new Links(expected.origin, expected.first > 0, alone);
    this.owed = new Map(expected.receipts.map((one) => [`${one.stream} ${one.revision}`, one]));
  }

  check(text: string | undefined): void {
    this.lines += 1;
    try {
      this.checkLine(text ?? '');
    } catch (error) {
      if (error instanceof Violation) throw error;
      throw new Violation({ line: this.lines, reason: 'the line cannot be read' });
    }
  }

  private checkLine(text: string): void {
    const { entry, event } = JSON.parse(text) as Line;
    const offend = (reason: string): never => {
      throw new Violation({ line: this.lines, ...placeOf(entry), reason });
    };
    const leaf = canonical(entry);
    const data = event ? canonical(event.data) : '';
    if (text !== lineOf(leaf, event, data)) offend('the line holds what no hash covers');
    const position = BigInt(entry['pos'] ?? -1);
    if (position <= this.before) offend('it does not come after the line before it');
    this.begin ??= position;
    this.before = position;
    if (entry['k'] === 'ev') {
      if (event && event.metadata['a.ws'] !== this.expected.workspace)
        offend('it belongs to another workspace');
      const fault = this.links.follow(entry, event, data, this.lines);
      if (fault !== undefined) offend(fault);
      if (this.owed.size > 0) {
        const key = `${entry['stream']} ${entry['rev']}`;
        const receipt = this.owed.get(key);
        if (receipt && receipt.hash !== entry['h']) offend('it is not what a receipt was given for');
        if (this.owed.delete(key)) this.met += 1;
      }
      if (event) this.events += 1;
      else this.hashOnly += 1;
    } else if (event) offend('a leaf that is no event has one');
    this.found(leafHash(leaf));
  }
}

function placeOf(entry: Fields): Pick<Offence, 'stream' | 'revision' | 'position'> {
  const { stream = '', rev: revision = '', pos: position = '' } = entry;
  return { stream, revision, position };
}

async function checkLeaves(
  path: string,
  {
    size,
    root,
    prefix,
    jobs,
    ...expected
  }: Expected & { size: number; root: string; prefix: string[]; jobs: number },
  report: Report,
): Promise<void> {
  const { first } = expected;
  const tree = new Tree(
    first,
    prefix.map((one) => Buffer.from(one, 'hex')),
  );
  const lines = new Lines(expected, (leaf) => tree.append(leaf), false);
  try {
    if (jobs === 1) eachLine(path, 0, Infinity, (text) => lines.check(text));
    else await checkParts(path, expected, jobs, lines, tree);
  } finally {
    report.leaves = tree.size - first;
    report.events = lines.events;
    report.hashOnly = lines.hashOnly;
    report.receipts = lines.met;
  }
  if (tree.size !== size)
    throw new Violation({ reason: `${tree.size - first} leaves are here, where there are ${size - first}` });
  if (tree.root().toString('hex') !== root)
    throw new Violation({ reason: 'the leaves are not those that were sealed' });
  for (const { stream, revision, position } of lines.owed.values())
    throw new Violation({
      stream,
      revision,
      position,
      reason: 'a receipt was given for it, and it is not here',
    });
}

/** A line has one form only, so that every byte of it is covered. @param entry in its canonical form */
function lineOf(entry: string, event: StoredEvent | undefined, data: string): string {
  if (!event) return `{"entry":${entry}}`;
  const { stream, revision, id, type } = event;
  const metadata: Fields = {};
  for (const key of hashedKeys) metadata[key] = event.metadata[key] ?? '';
  // In the order of RFC 8785, and written in one piece: a call for each member takes as long as all hashes together.
  const others = JSON.stringify({ id, metadata, revision, stream, type });
  return `{"entry":${entry},"event":{"data":${data},${others.slice(1)}}`;
}

const chunkBytes = 2 ** 20;
const newline = 10;
/** Events are far smaller. */
const longestLine = 16 * chunkBytes;

/** Every line that begins at `begin` or later, and before `end`; undefined for what is no line of text. */
function eachLine(path: string, begin: number, end: number, found: (text: string | undefined) => void): void {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(chunkBytes);
  // A line begins behind the end of another one.
  let at = Math.max(begin - 1, 0);
  let isInside = begin === 0;
  let rest = Buffer.alloc(0);
  try {
    for (let length; (length = readSync(file, chunk, 0, chunkBytes, at + rest.length)) > 0;) {
      const bytes =
        rest.length === 0 ? chunk.subarray(0, length) : Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      const last = bytes.lastIndexOf(newline);
      const isText = isUtf8(bytes.subarray(0, last + 1));
      for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
        if (isInside) {
          if (at + from >= end) return;
          found(isText || isUtf8(bytes.subarray(from, to)) ? bytes.toString('utf8', from, to) : undefined);
        }
        isInside = true;
        from = to + 1;
      }
      rest = Buffer.from(bytes.subarray(from));
      at += from;
      if (rest.length > longestLine) break;
    }
    if (rest.length > 0 && isInside && at < end) found(undefined);
  } finally {
    closeSync(file);
  }
}

/** Some lines of the file, checked without those before them. */
interface Part {
  lines: number;
  events: number;
  hashOnly: number;
  leaves: Uint8Array;
  begin: bigint | undefined;
  before: bigint;
  beginnings: Map<string, Beginning>;
  ends: Map<string, End>;
  /** Receipts whose events are in it, by stream and revision. */
  met: string[];
}
interface PartRequest {
  path: string;
  expected: Expected;
  begin: number;
  end: number;
}

/** Undefined where something is wrong: whoever has the lines before says what. */
function checkPart({ path, expected, begin, end }: PartRequest): Part | undefined {
  const leaves: Buffer[] = [];
  const lines = new Lines(expected, (leaf) => leaves.push(leaf), true);
  const all = [...lines.owed.keys()];
  try {
    eachLine(path, begin, end, (text) => lines.check(text));
  } catch {
    return undefined;
  }
  return {
    ...{ lines: lines.lines, events: lines.events, hashOnly: lines.hashOnly },
    ...{ begin: lines.begin, before: lines.before },
    leaves: Buffer.concat(leaves),
    beginnings: lines.links.beginnings,
    ends: lines.links.ends,
    met: all.filter((key) => !lines.owed.has(key)),
  };
}

const [smallestPart, largestPart] = [1024, 4 * chunkBytes];

/** Threads check parts of the file; here they are joined. A part that is not whole is checked again, line by line. */
async function checkParts(
  path: string,
  expected: Expected,
  jobs: number,
  lines: Lines,
  tree: Tree,
): Promise<void> {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  closeSync(file);
  const threads = Array.from({ length: jobs }, () => new Worker(fileURLToPath(import.meta.url)));
  const asked = new Map<number, Promise<Part | undefined>>();
  const share = Math.ceil(size / (4 * jobs));
  const partBytes = Math.min(largestPart, Math.max(smallestPart, share));
  const parts = Math.max(1, Math.ceil(size / partBytes));
  const ask = (part: number): void => {
    const thread = threads[part % jobs];
    if (!thread || part >= parts) return;
    const answer = answerOf(thread, { path, expected, begin: part * partBytes, end: (part + 1) * partBytes });
    // It is told of when its turn comes.
    answer.catch(() => undefined);
    asked.set(part, answer);
  };
  try {
    for (let part = 0; part < jobs; part++) ask(part);
    for (let part = 0; part < parts; part++) {
      const found = await asked.get(part);
      asked.delete(part);
      // A thread has one part at a time: what is held in memory is as many parts as there are threads.
      ask(part + jobs);
      if (found && joins(lines, found)) adopt(lines, found, tree);
      else eachLine(path, part * partBytes, (part + 1) * partBytes, (text) => lines.check(text));
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function answerOf(thread: Worker, request: PartRequest): Promise<Part | undefined> {
  return new Promise((resolve, reject) => {
    const ended = (code: number): void => reject(new Error(`a thread that verified ended with ${code}`));
    thread.once('error', reject).once('exit', ended);
    thread.once('message', (part: Part | undefined) => {
      thread.off('error', reject).off('exit', ended);
      resolve(part);
    });
    thread.postMessage(request);
  });
}

function joins(lines: Lines, { begin, beginnings }: Part): boolean {
  if (begin !== undefined && begin <= lines.before) return false;
  for (const [stream, beginning] of beginnings)
    if (lines.links.joins(stream, lines.links.ends.get(stream), beginning) !== undefined) return false;
  return true;
}

function adopt(lines: Lines, part: Part, tree: Tree): void {
  lines.lines += part.lines;
  lines.events += part.events;
  lines.hashOnly += part.hashOnly;
  if (part.begin !== undefined) lines.before = part.before;
  for (const [stream, end] of part.ends) lines.links.ends.set(stream, end);
  for (const key of part.met) if (lines.owed.delete(key)) lines.met += 1;
  for (let at = 0; at < part.leaves.length; at += hashBytes)
    tree.append(Buffer.from(part.leaves.subarray(at, at + hashBytes)));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      policy: { type: 'string' },
      receipt: { type: 'string', multiple: true },
      jobs: { type: 'string', default: '1' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(
      'node verify.mjs [FOLDER] [--policy FILE] [--receipt FILE…] [--jobs N] [--json]\n\nChecks an export of an audit trail; FOLDER is where this file lies, unless it is named. With --receipt, also that the event of a receipt is in it. With --jobs, N threads do (1 to 64).',
    );
    return 0;
  }
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw new Error('--jobs takes a whole number from 1 to 64');
  const folder = positionals[0] ?? dirname(fileURLToPath(import.meta.url));
  const policy = JSON.parse(readFileSync(values.policy ?? join(folder, 'policy.json'), 'utf8')) as Policy;
  const report = await check(folder, policy, values.policy !== undefined, values.receipt ?? [], jobs);
  if (values.json) console.log(JSON.stringify(report));
  else if (report.holds) {
    console.log(
      `HOLDS: all ${report.size} leaves of workspace ${report.workspace}: ${report.events} events, ${report.hashOnly} kept as a hash only; witnesses: ${report.witnesses}.`,
    );
    if (!report.pinned)
      console.log('The keys are those that the export itself names: give your own with --policy.');
  } else {
    const { line, stream, revision, position, reason } = report.offence ?? { reason: 'unknown' };
    const inLine = line === undefined ? '' : `line ${line}: `;
    const where = stream === undefined ? '' : `${stream}, revision ${revision}, position ${position}: `;
    const place = inLine + where;
    console.log(`VIOLATED: ${place}${reason}.`);
  }
  return report.holds ? 0 : 1;
}

if (isMainThread)
  main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 2;
    },
  );
else parentPort?.on('message', (request: PartRequest) => parentPort?.postMessage(checkPart(request)));
