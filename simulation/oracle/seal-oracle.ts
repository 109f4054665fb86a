import { CompactRange } from '../../infra/audit/merkle/compact-range.js';
import { leafHash } from '../../infra/audit/merkle/hashing.js';
import { originLogFolder } from '../../infra/audit/log/audit-logs.js';
import { sealStream, type Seal, type SealIntent } from '../../infra/audit/sealing/seal-events.js';
import { TiledLog } from '../../infra/audit/tiles/tiled-log.js';
import { parseCheckpoint } from '../../infra/audit/notes/checkpoint.js';
import { parseNote } from '../../infra/audit/notes/signed-note.js';
import { everyFilter } from '../sealing/filters.js';
import type { Sealing } from '../sealing/sealing.js';
import type { World } from '../world.js';

/** By then everything is sealed, where nothing is wrong any more. */
const sealedWithinMs = 90_000;

/** Waits until everything that is audited and landed so far is sealed; what is not is a finding. */
export async function untilSealed({ world }: Sealing): Promise<void> {
  const { time, findings } = world;
  const target = auditedIn(world).at(-1);
  if (target === undefined) return;
  const deadline = time.now + sealedWithinMs;
  while (sealedTo(world) < target && time.now < deadline) await time.sleep(200);
  const to = sealedTo(world);
  findings.expect(to >= target, 'seal.stuck', () => `sealed is up to ${to}, and ${target} was appended`);
}

/** One root for each size, which follows from what is stored; every leaf in one seal; no false alarm. */
export async function checkSeals(sealing: Sealing): Promise<void> {
  const { world, incidents, published } = sealing;
  const { findings } = world;
  for (const reason of incidents) findings.add('seal.false-incident', reason);
  const intents = intentsIn(world);
  const seals = sealsIn(world);
  const roots = new Map<number, string>();
  for (const { checkpoint } of [...seals, ...published]) {
    const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
    const hex = root.toString('hex');
    findings.expect(
      (roots.get(size) ?? hex) === hex,
      'seal.two-roots',
      () => `${size} leaves have ${hex}, and ${roots.get(size)}`,
    );
    roots.set(size, hex);
  }
  for (const { n, from, to, count, filter } of intents.slice(0, seals.length)) {
    const due = leavesBetween(world, from, to, filter);
    findings.expect(
      due === count,
      'seal.other-leaves',
      () => `seal ${n}, from ${from} to ${to}, holds ${count} leaves, and there are ${due}`,
    );
  }
  intents.slice(1).forEach(({ n, from }, index) => {
    const before = intents[index]?.to ?? '';
    findings.expect(
      from === before,
      'seal.gap',
      () => `seal ${n} begins at ${from}, and ${before} was sealed`,
    );
  });
  await checkEntries(sealing, roots);
}

async function checkEntries({ world, tiles }: Sealing, roots: ReadonlyMap<number, string>): Promise<void> {
  const log = new TiledLog({ read: (path) => tiles.read(originLogFolder + path) });
  const range = CompactRange.empty();
  for await (const entry of log.entries(Math.max(0, ...roots.keys()))) {
    range.append(leafHash(entry));
    const root = roots.get(range.size);
    world.findings.expect(
      root === undefined || root === range.root().toString('hex'),
      'seal.not-the-log',
      () => `the entries of ${range.size} leaves make another root`,
    );
  }
}

function intentsIn(world: World): readonly SealIntent[] {
  return dataOf(world, 'SealIntent') as readonly SealIntent[];
}

function sealsIn(world: World): readonly Seal[] {
  return dataOf(world, 'Sealed') as readonly Seal[];
}

function dataOf({ log }: World, type: string): readonly unknown[] {
  const ofType = log.inStream(sealStream).filter(({ event }) => event.type === type);
  return ofType.map(({ event }) => event.data);
}

function sealedTo(world: World): bigint {
  const seals = sealsIn(world).length;
  return BigInt(intentsIn(world)[seals - 1]?.to ?? -1);
}

/** Positions of what bears a link, but for the sealer's own. */
function auditedIn({ log }: World): readonly bigint[] {
  return log.landed
    .filter(({ event }) => 'a.v' in event.metadata && event.stream !== sealStream)
    .map(({ event }) => event.position);
}

/** Everything that bears a link, and metadata of what the filter knows. */
function leavesBetween({ log }: World, from: string, to: string, version: string): number {
  const after = from === '' ? -1n : BigInt(from);
  const isLeaf = everyFilter[version] ?? ((): boolean => false);
  return log.landed.filter(({ event: { position, metadata, stream } }) => {
    if (position <= after || position > BigInt(to)) return false;
    return 'a.v' in metadata || (stream.startsWith('$$') && isLeaf(stream.slice(2)));
  }).length;
}
