/* eslint-disable max-lines -- it is handed over as one file */
/**
 * Checks an export of Axion's audit trail. It lies in every export as `verify.mjs` and needs nothing but Node.js:
 *
 *     node verify.mjs [FOLDER] [--policy FILE] [--receipt FILE…] [--json]
 *
 * It shares no code with the program that wrote the export, so that a fault of that one is not a fault of this one.
 * It ends with 0 (holds), 1 (violated) or 2 (misuse). What is hashed, and how: docs/audit-chain.md.
 */
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`);
  return `{${members.join()}}`;
}

const sha256 = (bytes: Uint8Array | string): Buffer => hash('sha256', bytes, 'buffer');
const hex = (text: string): string => hash('sha256', text);
const leafHash = (entry: string): Buffer => sha256(Buffer.concat([Buffer.from([0]), Buffer.from(entry)]));
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  sha256(Buffer.concat([Buffer.from([1]), left, right]));

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
  let [node, last, result] = [index, size - 1, leaf];
  if (index >= size) return false;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      result = nodeHash(sibling, result);
      while (node % 2 === 0 && node !== 0) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    } else result = nodeHash(result, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && result.equals(root);
}

const hashedKeys = 'v origin ws at actor cmd corr cause schema salt prev ph h'
  .split(' ')
  .map((key) => `a.${key}`);

/** Walks one stream after another through their links, as they come. */
class Links {
  private readonly ends = new Map<string, { revision: bigint; h: string }>();

  constructor(
    private readonly origin: string,
    /** The export begins in the middle: a stream may be met behind its beginning. */
    private readonly partial: boolean,
  ) {}

  /** @returns what is wrong, or nothing */
  follow(entry: Fields, event: StoredEvent | undefined): string | undefined {
    const stream = entry['stream'] ?? '';
    const revision = BigInt(entry['rev'] ?? -1);
    const end = this.ends.get(stream);
    this.ends.set(stream, { revision, h: entry['h'] ?? '' });
    if (!end && this.partial && revision > 0n)
      return event && eventFault(entry, event, this.origin, undefined);
    const next = (end?.revision ?? -1n) + 1n;
    if (revision !== next) return `revision ${next} of its stream is missing before it`;
    return (
      event && eventFault(entry, event, this.origin, end?.h ?? hex(`axion/gen/1\n${this.origin}\n${stream}`))
    );
  }
}

function eventFault(
  entry: Fields,
  event: StoredEvent,
  origin: string,
  previous: string | undefined,
): string | undefined {
  const text = (key: string): string => event.metadata[`a.${key}`] ?? '';
  const { stream, revision: rev, type } = event;
  const ph = hex(`axion/ph/1\n${canonical({ salt: text('salt'), data: event.data })}`);
  if (ph !== text('ph')) return 'its data is not what was hashed';
  const fields = { stream, rev, type, ph, prev: text('prev') };
  const more = ['v', 'origin', 'ws', 'at', 'actor', 'cmd', 'corr', 'cause', 'schema'].map((key) => [
    key,
    text(key),
  ]);
  const h = hex(`axion/ev/1\n${canonical({ ...fields, ...Object.fromEntries(more) } as Json)}`);
  if (h !== text('h')) return 'its metadata is not what was hashed';
  if (text('origin') !== origin) return 'it was written for another origin';
  if (previous !== undefined && text('prev') !== previous) return 'it does not link to the event before it';
  const variant = ((parseInt(h.slice(16, 17), 16) & 3) | 8).toString(16);
  const id = `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`;
  if (id !== event.id) return 'its id is not its content';
  const told = { stream, rev, type, id, h, ph };
  for (const [key, value] of Object.entries(told))
    if (entry[key] !== value) return `its leaf names another ${key}`;
  return undefined;
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
    await checkLeaves(folder, manifest, prefix, receipts, report);
    report.holds = true;
  } catch (error) {
    report.offence = error instanceof Violation ? error.offence : { reason: String(error) };
  }
  return report;
}

async function checkLeaves(
  folder: string,
  {
    origin,
    workspace,
    first,
    size,
    root,
  }: { origin: string; workspace: string; first: number; size: number; root: string },
  prefix: string[],
  receipts: Receipt[],
  report: Report,
): Promise<void> {
  const tree = new Tree(
    first,
    prefix.map((one) => Buffer.from(one, 'hex')),
  );
  const links = new Links(origin, first > 0);
  const owed = new Map(receipts.map((receipt) => [`${receipt.stream} ${receipt.revision}`, receipt]));
  let number = 0;
  let before = -1n;
  const lines = createInterface({
    input: createReadStream(join(folder, 'leaves.ndjson')),
    crlfDelay: Infinity,
  });
  for await (const text of lines) {
    number += 1;
    const { entry, event } = parseLine(text, number);
    const place = {
      line: number,
      stream: entry['stream'] ?? '',
      revision: entry['rev'] ?? '',
      position: entry['pos'] ?? '',
    };
    const offend = (reason: string): never => {
      throw new Violation({ ...place, reason });
    };
    if (text !== lineOf(entry, event)) offend('the line holds what no hash covers');
    const position = BigInt(entry['pos'] ?? -1);
    if (position <= before) offend('it does not come after the line before it');
    before = position;
    if (entry['k'] === 'ev') {
      if (event && event.metadata['a.ws'] !== workspace) offend('it belongs to another workspace');
      const fault = links.follow(entry, event);
      if (fault !== undefined) offend(fault);
      const receipt = owed.get(`${place.stream} ${place.revision}`);
      if (receipt && receipt.hash !== entry['h']) offend('it is not what a receipt was given for');
      if (owed.delete(`${place.stream} ${place.revision}`)) report.receipts += 1;
      if (event) report.events += 1;
      else report.hashOnly += 1;
    } else if (event) offend('a leaf that is no event has one');
    tree.append(leafHash(canonical(entry)));
    report.leaves += 1;
  }
  if (tree.size !== size)
    throw new Violation({ reason: `${tree.size - first} leaves are here, where there are ${size - first}` });
  if (tree.root().toString('hex') !== root)
    throw new Violation({ reason: 'the leaves are not those that were sealed' });
  for (const { stream, revision, position } of owed.values())
    throw new Violation({
      stream,
      revision,
      position,
      reason: 'a receipt was given for it, and it is not here',
    });
}

/** A line has one form only, so that every byte of it is covered. */
function lineOf(entry: Fields, event: StoredEvent | undefined): string {
  if (!event) return canonical({ entry });
  const { stream, revision, id, type, data, metadata } = event;
  const hashed = Object.fromEntries(hashedKeys.map((key) => [key, metadata[key] ?? '']));
  return canonical({ entry, event: { stream, revision, id, type, data, metadata: hashed } });
}

function parseLine(text: string, line: number): Line {
  try {
    const parsed = JSON.parse(text) as Line;
    if (typeof parsed.entry === 'object') return parsed;
  } catch {
    // The offence is the same.
  }
  throw new Violation({ line, reason: 'the line cannot be read' });
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      policy: { type: 'string' },
      receipt: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(
      'node verify.mjs [FOLDER] [--policy FILE] [--receipt FILE…] [--json]\n\nChecks an export of an audit trail; FOLDER is where this file lies, unless it is named. With --receipt, also that the event of a receipt is in it.',
    );
    return 0;
  }
  const folder = positionals[0] ?? dirname(fileURLToPath(import.meta.url));
  const policy = JSON.parse(readFileSync(values.policy ?? join(folder, 'policy.json'), 'utf8')) as Policy;
  const report = await check(folder, policy, values.policy !== undefined, values.receipt ?? []);
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

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  },
);
