import { codeOf } from '../../../domain/kernel/errors.js';
import { workspaceId } from '../../../domain/kernel/names.js';
import { workspaceOf } from '../log/leaf-reader.js';
import { World, sealAll, signer } from '../testing/world.js';
import { faultOfProof, proveEvent, type EventPlace } from './event-proof.js';
import { encodeTlogProof } from './tlog-proof.js';

async function someWorld(): Promise<{ world: World; events: EventPlace[]; checkpoint: string }> {
  const world = new World();
  const sealer = world.sealer({ mostLeaves: 5 });
  for (let index = 0; index < 40; index++) {
    await world.happens('thing', `ws-${index % 3}`, `id-${index % 7}`);
    if (index % 3 === 0) await sealAll(sealer);
  }
  await sealAll(sealer);
  const events: EventPlace[] = [];
  for await (const { stream, revision, position } of world.log.readAll())
    if (stream.startsWith('thing-'))
      events.push({ workspace: workspaceOf(stream), stream, revision, position });
  return { world, events, checkpoint: world.published.at(-1)?.checkpoint ?? '' };
}

describe('the proof of an event', () => {
  it('holds for each that is sealed, and is smaller than 4 KB', async () => {
    const { world, events, checkpoint } = await someWorld();
    expect(events).toHaveLength(40);
    for (const event of events) {
      const proof = await proveEvent(world.tiles, checkpoint, event);
      expect(faultOfProof(proof, [signer.verifier])).toBeUndefined();
      expect(JSON.stringify(proof).length).toBeLessThan(4096);
    }
  });

  it('is not given for what is not sealed, or is not there', async () => {
    const { world, events, checkpoint } = await someWorld();
    const [first] = events as [EventPlace];
    for (const other of [
      { ...first, position: first.position + 1n },
      { ...first, revision: 7n },
      { ...first, workspace: 'ws-1' },
      { ...first, position: 10n ** 9n },
    ]) {
      const failure: unknown = await proveEvent(world.tiles, checkpoint, other).catch((e: unknown) => e);
      expect(codeOf(failure)).toBe('audit.not-sealed');
    }
  });

  it('does not hold after anything of it was changed', async () => {
    const { world, events, checkpoint } = await someWorld();
    const proof = await proveEvent(world.tiles, checkpoint, events[20] as EventPlace);
    const { entry, head } = proof;
    const changed = [
      { ...proof, entry: { ...entry, pos: '1' } },
      { ...proof, index: proof.index + 1 },
      { ...proof, workspace: workspaceId('another') },
      { ...proof, proof: proof.proof.slice(1) },
      { ...proof, head: { ...head, index: head.index + 1 } },
      { ...proof, head: { ...head, entry: { ...head.entry, size: '1' } } },
      { ...proof, checkpoint: checkpoint.replace(/\n(\d+)\n/, '\n9\n') },
      { ...proof, checkpoint: 'none' },
    ];
    for (const one of changed) expect(faultOfProof(one, [signer.verifier])).toEqual(expect.any(String));
    expect(faultOfProof(proof, [])).toMatch(/not signed/);
  });

  it('reads as C2SP tlog-proof says', async () => {
    const { world, events, checkpoint } = await someWorld();
    const proof = await proveEvent(world.tiles, checkpoint, events[0] as EventPlace);
    const text = encodeTlogProof(proof);
    expect(text).toMatch(
      /^c2sp\.org\/tlog-proof@v1\nextra [A-Za-z0-9+/=]+\nindex \d+\n(?:[A-Za-z0-9+/=]{44}\n)+\n/,
    );
    expect(text.endsWith(`\n\n${checkpoint}`)).toBe(true);
    const extra = Buffer.from(/^extra (.*)$/m.exec(text)?.[1] ?? '', 'base64').toString();
    expect(JSON.parse(extra)).toMatchObject({ entry: proof.entry, head: proof.head.entry });
  });
});
