import fc from 'fast-check';
import { codeOf, messageOf } from '../../../domain/kernel/errors.js';
import { systemContext } from '../../../domain/kernel/event.js';
import type { StreamName } from '../../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { linkEvents } from '../../eventstore/chain.js';
import type { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import { originStream } from '../../eventstore/origin.js';
import { World, filters, origin, sealAll, signer } from '../testing/world.js';
import { walkAlone, type SegmentVerifier } from './segment-outcome.js';
import type { VerifyAuditOptions } from './verification.js';
import { verifyAudit, type AuditReport } from './verify-audit.js';

type Step = readonly [kind: 'linked' | 'other' | 'plain' | 'metadata' | 'seal' | 'filter', id: string];

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('linked', 'linked', 'linked', 'other', 'plain', 'metadata', 'seal', 'filter'),
    fc.constantFrom('a', 'b', 'c'),
  ),
  { minLength: 5, maxLength: 60 },
);

/** What an attacker makes of the events; positions stay where they were unless the change is about them. */
type Change = (event: StoredEvent, all: readonly StoredEvent[]) => readonly StoredEvent[];

const changes: Readonly<Record<string, Change>> = {
  none: (event) => [event],
  edited: (event) => [{ ...event, data: { id: 'edited' } }],
  deleted: () => [],
  stripped: (event) => [{ ...event, metadata: {} }],
  'linked elsewhere': (event) => [{ ...event, metadata: { ...event.metadata, 'a.prev': '0'.repeat(64) } }],
  'told of another origin': (event) => [{ ...event, metadata: { ...event.metadata, 'a.origin': 'x' } }],
  'moved to another stream': (event) => [{ ...event, stream: 'thing-beta.a' }],
  'there twice': (event) => [event, { ...event, position: event.position + 1n }],
  'there again at the end': (event, all) => [
    event,
    { ...event, position: (all.at(-1)?.position ?? 0n) + 1n },
  ],
};

async function happened(all: readonly Step[]): Promise<World> {
  const world = new World();
  const context = systemContext('first', '2026-01-01T00:00:00.000Z');
  const named = { type: 'OriginCreated', schema: 1, data: { origin }, salt: '0'.repeat(32), context };
  await world.log.append(originStream, 'no_stream', linkEvents(origin, originStream, undefined, [named]));
  let filter: '1' | '2' = '1';
  let sealer = world.sealer();
  for (const [index, [kind, id]] of all.entries()) {
    if (kind === 'linked') await world.happens('thing', id === 'c' ? 'beta' : 'acme', id);
    if (kind === 'other' && filter === '2') await world.happens('other', 'acme', id);
    if (kind === 'metadata') await world.administers('unrelated', id);
    if (kind === 'plain') {
      const stream = `orders-acme.${id}` as StreamName;
      const last = await world.log.readLast(stream);
      const event = { id: `plain-${index}`, type: 'Noted', data: { index }, metadata: {} };
      await world.log.append(stream, last?.revision ?? 'no_stream', [event]);
    }
    if (kind === 'filter') sealer = world.sealer({ filter: (filter = '2') });
    if (kind === 'seal') await sealAll(sealer);
  }
  return world;
}

/** The log as it is after a change of one event. */
async function changedLog(log: InMemoryEventLog, at: number, change: Change): Promise<EventLog> {
  const all: StoredEvent[] = [];
  for await (const event of log.readAll()) all.push(event);
  const changed = all
    .flatMap((event, index) => (index === at % all.length ? change(event, all) : [event]))
    .sort((one, other) => Number(one.position - other.position));
  return Object.create(log, {
    readAll: {
      value: async function* (from = 0n) {
        await Promise.resolve();
        yield* changed.filter(({ position }) => position >= from);
      },
    },
    read: {
      value: async function* (stream: string, from = 0n) {
        await Promise.resolve();
        yield* changed.filter((event) => event.stream === stream && event.revision >= from);
      },
    },
  }) as EventLog;
}

function optionsOf(world: World, log: EventLog): VerifyAuditOptions {
  return {
    log,
    tiles: world.tiles,
    filters,
    newestFilter: '2',
    keys: [signer.verifier],
    leavesPerSegment: 4,
  };
}

/** As threads do it, but here; those asked last may answer first. */
function beside(options: VerifyAuditOptions): SegmentVerifier & { readonly verified: () => number } {
  let verified = 0;
  return {
    places: 3,
    verified: () => verified,
    verify: async (segment, known) => {
      if (verified++ % 2 === 0) await new Promise((resume) => setImmediate(resume));
      return structuredClone(await walkAlone({ ...options, origin: known }, segment));
    },
  };
}

/** A seal stream that is in disorder is refused, whoever verifies. */
async function answer(options: VerifyAuditOptions): Promise<AuditReport | string> {
  return verifyAudit(options).catch((error: unknown) => `${codeOf(error)}: ${messageOf(error)}`);
}

describe('a verification whose segments others verify', () => {
  it('comes to the same as one that does it all itself, whatever was done to the log', () =>
    fc.assert(
      fc.asyncProperty(
        steps,
        fc.nat({ max: 200 }),
        fc.constantFrom(...Object.keys(changes)),
        async (all, at, name) => {
          const world = await happened(all);
          const log = await changedLog(world.log, at, changes[name] ?? changes['none']!);
          const options = optionsOf(world, log);
          const alone = await answer(options);
          expect(await answer({ ...options, beside: beside(options) })).toEqual(alone);
          expect(await answer({ ...options, leavesPerSegment: 1_000_000 })).toEqual(alone);
        },
      ),
      { numRuns: 150 },
    ));

  it('comes to the same where it goes on from an earlier one', () =>
    fc.assert(
      fc.asyncProperty(steps, steps, async (before, after) => {
        const options = async (all: readonly Step[]): Promise<VerifyAuditOptions> => {
          const world = await happened(all);
          return optionsOf(world, world.log);
        };
        const first: AuditReport = await verifyAudit(await options(before));
        const later = await options([...before, ...after]);
        const from = first.state && { from: first.state };
        const alone = await verifyAudit({ ...later, ...from });
        expect(await verifyAudit({ ...later, ...from, beside: beside(later) })).toEqual(alone);
        if (alone.holds) expect(alone.state).toEqual((await verifyAudit(later)).state);
      }),
      { numRuns: 50 },
    ));

  it('comes to the same where a file of the log is damaged or gone', () =>
    fc.assert(
      fc.asyncProperty(steps, fc.nat(), fc.boolean(), async (all, which, isGone) => {
        const world = await happened(all);
        const paths = [...world.tiles.files.keys()];
        const path = paths[which % Math.max(paths.length, 1)];
        const bytes = path === undefined ? undefined : world.tiles.files.get(path);
        fc.pre(path !== undefined && bytes !== undefined);
        if (isGone) world.tiles.files.delete(path);
        else bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
        const options = optionsOf(world, world.log);
        const alone = await verifyAudit(options);
        expect(await verifyAudit({ ...options, beside: beside(options) })).toEqual(alone);
      }),
      { numRuns: 50 },
    ));

  it('is done by others as long as nothing is wrong', async () => {
    const world = await happened(
      Array.from({ length: 40 }, (_, i): Step => [i % 5 ? 'linked' : 'seal', 'a']),
    );
    const options = optionsOf(world, world.log);
    const others = beside(options);
    const read: unknown[] = [];
    const readAll = world.log.readAll.bind(world.log);
    const log = Object.create(world.log, {
      readAll: {
        value: (...parameters: Parameters<typeof readAll>) => (read.push(1), readAll(...parameters)),
      },
    }) as EventLog;
    const report = await verifyAudit({ ...options, log, beside: others });
    expect(report.holds).toBe(true);
    expect(others.verified()).toBeGreaterThan(5);
    expect(read).toEqual([]);
  });
});
