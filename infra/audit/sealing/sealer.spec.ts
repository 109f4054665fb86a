import fc from 'fast-check';
import { codeOf } from '../../../domain/kernel/errors.js';
import { streamName, workspaceId, type StreamName } from '../../../domain/kernel/names.js';
import { FaultyEventLog, lostAnswer, lostRequest } from '../../eventstore/testing/faulty-event-log.js';
import { configurations } from '../log/find-leaf.js';
import { AuditLogs } from '../log/audit-logs.js';
import { trustedKeys } from '../log/configuration.js';
import { encodeVerifierKey, signatureTypes, signerKey } from '../notes/note-key.js';
import { isSignedBy, parseNote } from '../notes/signed-note.js';
import { SteppedSealer } from '../testing/stepped-sealer.js';
import { World, filters, origin, sealAll, signer } from '../testing/world.js';
import { decodeResume, resumePath } from './resume-note.js';
import { logNameOf } from './sealer.js';

describe('a sealer', () => {
  it('seals every audited event once, its own in the next seal, and is quiet when nothing is new', async () => {
    const world = new World();
    await world.happens('thing', 'acme', 'a');
    await world.happens('thing', 'beta', 'b');
    await world.administers('other', 'c');
    const sealer = world.sealer();
    expect(await sealAll(sealer)).toBe(2);
    expect((await sealer.turn()).kind).toBe('nothingNew');
    await world.happens('thing', 'acme', 'a');
    // With it the intent and the seal of the turn before.
    expect(await sealAll(sealer)).toBe(3);
    expect(await world.audit()).toBe(2);
  });

  it('goes on after a restart where it was, and publishes the last seal again', async () => {
    const world = new World();
    await world.happens('thing', 'acme', 'a');
    await sealAll(world.sealer());
    await world.happens('thing', 'acme', 'a');
    await sealAll(world.sealer());
    expect(world.published.map(({ n }) => n)).toEqual([1, 1, 2]);
    expect(await world.audit()).toBe(2);
  });

  it('splits what is too much for one seal', async () => {
    const world = new World();
    for (let index = 0; index < 10; index++) await world.happens('thing', 'acme', `a${index}`);
    await sealAll(world.sealer({ mostLeaves: 3 }));
    expect(await world.audit()).toBeGreaterThanOrEqual(4);
  });

  it('seals nothing behind an event that was tampered with, and names it', async () => {
    const world = new World();
    await world.happens('thing', 'acme', 'a');
    const stream: StreamName = streamName('thing', workspaceId('acme'), 'a');
    await world.log.append(stream, 0n, [{ id: 'x', type: 'ThingDone', data: {}, metadata: {} }]);
    const failure: unknown = await world
      .sealer()
      .turn()
      .catch((error: unknown) => error);
    expect(codeOf(failure)).toBe('audit.incident');
    expect(String(failure)).toContain('thing-acme.a, revision 1');
    expect(await world.audit()).toBe(0);
  });

  it.each(['origin/tile/0/000.p/2', 'origin/tile/entries/000.p/2'])(
    'signs nothing after %s was changed',
    async (path) => {
      const world = new World();
      await world.happens('thing', 'acme', 'a');
      await sealAll(world.sealer());
      await world.happens('thing', 'acme', 'a');
      const bytes = world.tiles.files.get(path) as Buffer;
      bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 1;
      await expect(world.sealer().turn()).rejects.toThrow(/root that was sealed|cannot be read/);
      expect(await world.audit().catch(() => 1)).toBe(1);
    },
  );

  it('completes what another declared, by the filter that it named', async () => {
    const world = new World();
    await world.happens('thing', 'acme', 'a');
    await world.administers('other', 'b');
    const dying = {
      ...world.tiles,
      write: () => Promise.reject(new Error('killed')),
      read: () => Promise.resolve(undefined),
    };
    await expect(world.sealer({ tiles: dying }).turn()).rejects.toThrow('killed');
    const newer = world.sealer({ filter: '2' });
    expect(await newer.turn()).toMatchObject({ kind: 'sealed', leaves: 1 });
    await world.administers('other', 'b');
    expect(await newer.turn()).toMatchObject({ kind: 'sealed' });
    expect(await world.audit()).toBe(2);
  });

  it('leaves a declared intent alone whose filter it does not know', async () => {
    const world = new World();
    await world.happens('thing', 'acme', 'a');
    const dying = {
      write: () => Promise.reject(new Error('killed')),
      read: () => Promise.resolve(undefined),
    };
    await expect(world.sealer({ tiles: dying, filter: '2' }).turn()).rejects.toThrow('killed');
    const older = world.sealer({ filters: { '1': filters['1'] } });
    await expect(older.turn()).rejects.toThrow('a newer sealer');
    expect(await world.sealer({ filter: '2' }).turn()).toMatchObject({ kind: 'sealed' });
  });

  it.each([
    ['lost on its way', lostRequest],
    ['whose answer was lost', lostAnswer],
  ])('goes on after an append %s', async (_what, fault) => {
    const world = new World();
    await world.happens('thing', 'acme', 'a');
    const faulty = new FaultyEventLog(world.log);
    faulty.plan('seal', fault);
    const sealer = world.sealer({ log: faulty });
    await sealer.turn().catch(() => undefined);
    await sealAll(sealer);
    expect(await world.audit()).toBe(1);
  });

  it('reads what is no leaf once, and what is not worth a seal yet as well', async () => {
    const world = new World();
    await world.happens('thing', 'acme', 'a');
    const sealer = world.sealer();
    await sealAll(sealer);
    await sealer.turn();
    for (let index = 0; index < 20; index++) await world.administers('other', `b${index}`);
    await sealer.turn();
    const from: (bigint | undefined)[] = [];
    const readAll = world.log.readAll.bind(world.log);
    world.log.readAll = (...parameters) => {
      from.push(parameters[0]);
      return readAll(...parameters);
    };
    expect((await sealer.turn()).kind).toBe('nothingNew');
    expect(from).toEqual([await world.log.head()]);
    await world.happens('thing', 'acme', 'a');
    expect(await sealAll(sealer)).toBe(3);
    expect(await world.audit()).toBe(2);
  });

  it('names a new key by the old one, signs with both once, and then with the new one alone', async () => {
    const world = new World();
    const next = signerKey(logNameOf(origin), signatureTypes.ed25519, Buffer.alloc(32, 4));
    await world.happens('thing', 'acme', 'a');
    await sealAll(world.sealer());
    const rotated = world.sealer({ keys: () => Promise.resolve([signer, next]) });
    for (let times = 0; times < 2; times++) {
      await world.happens('thing', 'acme', 'a');
      await sealAll(rotated);
    }
    const notes = [...new Set(world.published.map(({ checkpoint }) => checkpoint))].map(parseNote);
    expect(notes.map((note) => [signer, next].map(({ verifier }) => isSignedBy(note, verifier)))).toEqual([
      [true, false],
      [true, true],
      [false, true],
    ]);
    const log = new AuditLogs(world.tiles).originLog();
    const entries = (await configurations(log, world.published.at(-1)?.size ?? 0)).map(({ entry }) => entry);
    expect(entries).toHaveLength(2);
    const keys = [signer, next].map(({ verifier }) => encodeVerifierKey(verifier));
    expect(trustedKeys([signer.verifier], entries).map(encodeVerifierKey)).toEqual(keys);
    const forged = entries.map((entry) => ({ ...entry, filter: '9' }));
    expect(trustedKeys([signer.verifier], forged).map(encodeVerifierKey)).toEqual(keys.slice(0, 1));
  });

  it('names a key by the first one that was made before anything was sealed', async () => {
    const world = new World();
    const next = signerKey(logNameOf(origin), signatureTypes.ed25519, Buffer.alloc(32, 4));
    await world.happens('thing', 'acme', 'a');
    await sealAll(world.sealer({ keys: () => Promise.resolve([signer, next]) }));
    const log = new AuditLogs(world.tiles).originLog();
    const entries = (await configurations(log, world.published.at(-1)?.size ?? 0)).map(({ entry }) => entry);
    const keys = [signer, next].map(({ verifier }) => encodeVerifierKey(verifier));
    expect(trustedKeys([signer.verifier], entries).map(encodeVerifierKey)).toEqual(keys);
    expect(isSignedBy(parseNote(world.published.at(-1)!.checkpoint), next.verifier)).toBe(true);
  });

  it('signs nothing with a key that the log does not know', async () => {
    const world = new World();
    const stranger = signerKey(logNameOf(origin), signatureTypes.ed25519, Buffer.alloc(32, 5));
    await world.happens('thing', 'acme', 'a');
    await sealAll(world.sealer());
    await world.happens('thing', 'acme', 'a');
    const failure: unknown = await world
      .sealer({ keys: () => Promise.resolve([stranger]) })
      .turn()
      .catch((error: unknown) => error);
    expect(codeOf(failure)).toBe('audit.unknown-key');
    expect(await sealAll(world.sealer())).toBe(3);
  });

  it('starts from the heads that it noted, and does without them when they are not its own', async () => {
    const world = new World();
    const options = { resumeEvery: 4 };
    for (let index = 0; index < 12; index++) {
      await world.happens('thing', `acme-${index % 3}`, 'a');
      await sealAll(world.sealer(options));
    }
    const reads = async (): Promise<string[]> => {
      const paths: string[] = [];
      const tiles = {
        read: (path: string) => {
          paths.push(path);
          return world.tiles.read(path);
        },
        write: (files: ReadonlyMap<string, Uint8Array>) => world.tiles.write(files),
      };
      await world.sealer({ ...options, tiles }).turn();
      return paths;
    };
    const noted = world.tiles.files.get(resumePath) as Buffer;
    expect(decodeResume(noted, [signer.verifier])?.heads.length).toBe(4);
    expect(await reads()).toContain(resumePath);
    noted[40] = (noted[40] as number) ^ 1;
    await reads();
    await world.happens('thing', 'acme-1', 'a');
    await sealAll(world.sealer(options));
    expect(await world.audit()).toBe(13);
  });

  it('tells when the oldest event happened that is not sealed', async () => {
    const world = new World();
    const sealer = world.sealer();
    expect(await sealer.oldestUnsealed()).toBeUndefined();
    await world.happens('thing', 'acme', 'a');
    expect(await sealer.oldestUnsealed()).toBe('2026-01-01T00:00:00.000Z');
    await sealAll(sealer);
    expect(await sealer.oldestUnsealed()).toBeUndefined();
  });

  it('never makes two roots for one size with others beside it, wherever each of them stops', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 5 }), { minLength: 5, maxLength: 60 }), async (schedule) => {
        const world = new World();
        const sealers = ['1', '2'].map((version) => new SteppedSealer(world, version, 8));
        for (const choice of schedule) {
          if (choice === 0) await world.happens('thing', 'acme', 'a');
          else if (choice === 1) await world.administers('other', 'b');
          else await sealers[choice % 2]?.step();
        }
        await Promise.all(sealers.map((sealer) => sealer.open()));
        await sealAll(world.sealer());
        await world.audit();
        expect(sealers.flatMap(({ incidents }) => incidents)).toEqual([]);
        const seals = world.published.map(({ size, root }) => `${size} ${root}`);
        expect(new Set(seals).size).toBe(new Set(world.published.map(({ size }) => size)).size);
      }),
      { numRuns: 60 },
    );
  });
});
