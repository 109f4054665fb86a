import { systemContext } from '../../../domain/kernel/event.js';
import { workspaceId, type StreamName } from '../../../domain/kernel/names.js';
import { hashOf, linkEvents } from '../../eventstore/chain.js';
import { originStream } from '../../eventstore/origin.js';
import { World, filters, origin, sealAll, signer } from '../testing/world.js';
import { openReceipt, signReceipt } from '../receipts/receipt.js';
import { checkReceipts } from './check-receipts.js';
import { LeafResults } from './leaf-results.js';
import type { VerifyAuditOptions } from './verification.js';
import { verifyAudit, type AuditReport } from './verify-audit.js';
import { signatureTypes, signerKey } from '../notes/note-key.js';

const a = 'thing-acme.a' as StreamName;
const acme = workspaceId('acme');

/** With the event that names the origin, as a platform has it. */
async function newWorld(): Promise<World> {
  const world = new World();
  const context = systemContext('first', '2026-01-01T00:00:00.000Z');
  const named = { type: 'OriginCreated', schema: 1, data: { origin }, salt: '0'.repeat(32), context };
  await world.log.append(originStream, 'no_stream', linkEvents(origin, originStream, undefined, [named]));
  return world;
}

async function someWorld(): Promise<World> {
  const world = await newWorld();
  const sealer = world.sealer();
  for (let seals = 0; seals < 3; seals++) {
    for (const [workspace, id] of [
      ['acme', 'a'],
      ['beta', 'b'],
      ['acme', 'a'],
    ] as const)
      await world.happens('thing', workspace, id);
    await sealAll(sealer);
  }
  return world;
}

function verified(world: World, changes: Partial<VerifyAuditOptions> = {}): Promise<AuditReport> {
  return verifyAudit({
    log: world.log,
    tiles: world.tiles,
    filters,
    newestFilter: '1',
    keys: [signer.verifier],
    ...changes,
  });
}

/** What an attacker with the files in hand makes of `$all`. */
function rewritten(world: World, change: (events: Stored[]) => Stored[]): void {
  const readAll = world.log.readAll.bind(world.log);
  world.log.readAll = async function* (...parameters) {
    const events: Stored[] = [];
    for await (const event of readAll(...parameters)) events.push(event);
    yield* change(events);
  };
}
type Stored = NonNullable<Awaited<ReturnType<World['log']['readLast']>>>;
const isAt = (stream: string, revision: bigint) => (event: Stored) =>
  event.stream === stream && event.revision === revision;

describe('a verification', () => {
  it('finds every sealed event as it was sealed, and what is not sealed yet to be no offence', async () => {
    const world = await someWorld();
    await world.happens('thing', 'acme', 'a');
    const { holds, links, log } = await verified(world);
    expect({ holds, faults: log.faults, violations: links.violations }).toEqual({
      holds: true,
      faults: [],
      violations: [],
    });
    // The origin, nine things, and the seals of the two turns before the last.
    expect(log.leaves).toMatchObject({ OK: 14, NOT_YET_SEALED: 3, MISSING: 0, EXTRA: 0, TAMPERED: 0 });
    expect(links).toMatchObject({ events: 17, streams: 4 });
  });

  it('goes on where the last one ended, to the same counts', async () => {
    const world = await someWorld();
    const before = (await verified(world)).state;
    await world.happens('thing', 'acme', 'a');
    await sealAll(world.sealer());
    const read: (bigint | undefined)[] = [];
    const readAll = world.log.readAll.bind(world.log);
    world.log.readAll = (...parameters) => {
      read.push(parameters[0]);
      return readAll(...parameters);
    };
    const [next, full] = [await verified(world, { ...(before && { from: before }) }), await verified(world)];
    expect(next.log.skipped).toEqual({ leaves: 14, to: before?.to });
    expect(read[0]?.toString()).toBe(before?.to);
    expect(next.holds).toBe(true);
    expect(next.log.leaves).toEqual(full.log.leaves);
    expect(next.links).toEqual(full.links);
    expect(next.state).toEqual(full.state);
  });

  it.each<[string, string, (events: Stored[]) => Stored[]]>([
    [
      'an edited event',
      'TAMPERED',
      (events) => events.map((event) => (isAt(a, 2n)(event) ? { ...event, data: { id: 'z' } } : event)),
    ],
    ['a deleted event', 'MISSING', (events) => events.filter((event) => !isAt(a, 2n)(event))],
    [
      'a cut tail',
      'MISSING',
      (events) => events.filter((event) => event.stream !== a || event.revision < 2n),
    ],
    [
      'an event that is there twice',
      'EXTRA',
      (events) =>
        events.flatMap((event) =>
          isAt(a, 1n)(event)
            ? [event, { ...event, stream: 'thing-acme.x', revision: 0n, position: event.position + 1n }]
            : [event],
        ),
    ],
  ])('names %s', async (_what, result, change) => {
    const world = await someWorld();
    rewritten(world, change);
    const { holds, log } = await verified(world);
    expect(holds).toBe(false);
    expect(log.leaves[result as 'EXTRA']).toBeGreaterThan(0);
    if (result !== 'EXTRA') expect(log.first).toMatchObject({ result, stream: a, revision: '2' });
  });

  it('names an event that a sealer left out', async () => {
    const world = await newWorld();
    await world.happens('thing', 'acme', 'hidden');
    await world.happens('thing', 'acme', 'a');
    const log = Object.create(world.log, {
      readAll: {
        value: async function* (from?: bigint) {
          for await (const event of world.log.readAll(from))
            if (!event.stream.endsWith('hidden')) yield event;
        },
      },
    }) as World['log'];
    await sealAll(world.sealer({ log }));
    const found = await verified(world);
    expect(found.log.first).toMatchObject({ result: 'EXTRA', stream: 'thing-acme.hidden', revision: '0' });
  });

  it('finds an edited entry, and a missing one', async () => {
    for (const edit of [
      (files: Map<string, Buffer>, path: string) => {
        const bytes = files.get(path) as Buffer;
        bytes[40] = (bytes[40] as number) ^ 1;
      },
      (files: Map<string, Buffer>, path: string) => files.delete(path),
    ]) {
      const world = await someWorld();
      const paths = [...world.tiles.files.keys()].filter((one) => /workspaces\/.*entries/.test(one));
      for (const path of paths) edit(world.tiles.files, path);
      const { holds, log } = await verified(world);
      expect(holds).toBe(false);
      expect(log.faults.length).toBeGreaterThan(0);
    }
  });

  it('finds that the log was rolled back, or is another one, by a checkpoint that somebody kept', async () => {
    const [world, other] = [await someWorld(), await newWorld()];
    await other.happens('thing', 'acme', 'q');
    await sealAll(other.sealer());
    const note = world.published.at(-1)?.checkpoint ?? '';
    const held = [{ holder: 'an auditor', note }];
    expect((await verified(world, { held })).holds).toBe(true);
    const { holds, log } = await verified(other, { held });
    expect(holds).toBe(false);
    expect(log.faults).toEqual([expect.stringMatching(/^an auditor: .*rolled back/)]);
    for (let times = 0; times < 4; times++) {
      await other.happens('thing', 'acme', 'q');
      await sealAll(other.sealer());
    }
    expect((await verified(other, { held })).log.faults).toEqual([
      expect.stringMatching(/^an auditor: .*two histories/),
    ]);
  });

  it('believes no other key', async () => {
    const stranger = signerKey('axion/x', signatureTypes.ed25519, Buffer.alloc(32, 9));
    const { log } = await verified(await someWorld(), { keys: [stranger.verifier] });
    expect(log.faults).toEqual(['the last seal: it is not signed by a key that is trusted']);
  });

  it('says that the log does not begin with what was verified before', async () => {
    const [world, other] = [await someWorld(), await newWorld()];
    const before = (await verified(world)).state;
    for (let times = 0; times < 9; times++) {
      await other.happens('thing', 'acme', 'q');
      await sealAll(other.sealer());
    }
    const { log, holds } = await verified(other, { ...(before && { from: before }) });
    expect(holds).toBe(false);
    expect(log.faults[0]).toMatch(/does not begin with/);
  });

  it('holds the log to a receipt before anything is sealed', async () => {
    const world = await newWorld();
    await world.happens('thing', 'acme', 'a');
    const last = await world.log.readLast(a);
    const fields = { stream: a, revision: '0', position: String(last?.position), hash: '' };
    const receiptOf = (hash: string, revision = '0') =>
      openReceipt(signReceipt({ ...fields, revision, hash }, signer), [signer.verifier]);
    const hash = (last && hashOf(last)) ?? '';
    expect((await verified(world, { receipts: [receiptOf(hash)] })).holds).toBe(true);
    const edited = await verified(world, { receipts: [receiptOf('0'.repeat(64))] });
    expect(edited.log.first).toMatchObject({ result: 'TAMPERED', stream: a, revision: '0' });
    const cut = await verified(world, { receipts: [receiptOf(hash, '1')] });
    expect(cut.log.first).toMatchObject({ result: 'MISSING', stream: a, revision: '1' });
  });

  it.each<[string, (event: Stored) => Stored]>([
    ['and kept the hash that it was given', (event) => ({ ...event, data: { id: 'z' } })],
    [
      'and was linked again',
      (event) => {
        const context = { ...systemContext('forged', '2026-01-01T00:00:00.000Z'), workspace: acme };
        const forged = { type: event.type, schema: 1, data: { id: 'z' }, salt: '0'.repeat(32), context };
        return { ...event, ...linkEvents(origin, a, undefined, [forged])[0] };
      },
    ],
    ['and its hash is that of nothing', (event) => ({ ...event, metadata: { 'a.h': hashOf(event) } })],
  ])(
    'hashes the event of a receipt anew: one that was altered %s is not what was receipted',
    async (_how, alter) => {
      const world = await newWorld();
      await world.happens('thing', 'acme', 'a');
      const event = await world.log.readLast(a);
      const fields = {
        stream: a,
        revision: '0',
        position: String(event?.position),
        hash: hashOf(event!) ?? '',
      };
      const receipt = openReceipt(signReceipt(fields, signer), [signer.verifier]);
      const looked = async (stored: Stored) => {
        const results = new LeafResults();
        await checkReceipts({ readAt: () => Promise.resolve(stored) }, [receipt], results);
        return results.first;
      };
      expect(await looked(event!)).toBeUndefined();
      expect(await looked(alter(event!))).toMatchObject({ result: 'TAMPERED', stream: a, revision: '0' });
    },
  );
});
