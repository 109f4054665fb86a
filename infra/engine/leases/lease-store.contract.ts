import { randomBytes } from 'node:crypto';
import type { LeaseEntry, LeaseStore } from '../../../domain/kernel/ports/lease-store.js';

/** What every adapter of the LeaseStore port does. */
export function itBehavesAsALeaseStore(open: () => LeaseStore): void {
  const entry = (changes: Partial<LeaseEntry> = {}): LeaseEntry => ({
    name: `lease-${randomBytes(6).toString('hex')}`,
    holder: 'one',
    token: 1n,
    beat: 0n,
    ...changes,
  });

  it('gives back what was written, with numbers beyond 2^53', async () => {
    const store = open();
    const first = entry({ token: 2n ** 60n + 1n, beat: 2n ** 61n + 1n });
    const free = entry({ holder: undefined });
    expect(await store.replace(undefined, first)).toBe(true);
    expect(await store.replace(undefined, free)).toBe(true);
    const found = await store.read([first.name, free.name, 'never-taken']);
    expect([...found].sort((one, other) => (one.token < other.token ? 1 : -1))).toEqual([first, free]);
  });

  it('makes an entry once', async () => {
    const store = open();
    const first = entry();
    await store.replace(undefined, first);
    expect(await store.replace(undefined, { ...first, holder: 'other' })).toBe(false);
    expect(await store.read([first.name])).toEqual([first]);
  });

  it('replaces an entry exactly as it was read', async () => {
    const store = open();
    const first = entry();
    const beaten = { ...first, beat: 1n };
    const freed = { ...beaten, holder: undefined };
    const retaken = { ...freed, holder: 'other', token: 2n };
    await store.replace(undefined, first);
    expect(await store.replace(first, beaten)).toBe(true);
    expect(await store.replace(beaten, freed)).toBe(true);
    expect(await store.replace(freed, retaken)).toBe(true);
    expect(await store.read([first.name])).toEqual([retaken]);
  });

  it.each([
    ['beat', { beat: 7n }],
    ['token', { token: 7n }],
    ['holder', { holder: 'other' }],
    ['lack of a holder', { holder: undefined }],
  ])('leaves an entry whose %s is another', async (_what, difference) => {
    const store = open();
    const first = entry();
    await store.replace(undefined, first);
    expect(await store.replace({ ...first, ...difference }, { ...first, beat: 9n })).toBe(false);
    expect(await store.read([first.name])).toEqual([first]);
  });

  it('replaces nothing where nothing is', async () => {
    const store = open();
    const first = entry();
    expect(await store.replace(first, { ...first, beat: 1n })).toBe(false);
    expect(await store.read([first.name])).toEqual([]);
  });

  it('lets one of several contenders at once win', async () => {
    const store = open();
    const free = entry({ holder: undefined });
    await store.replace(undefined, free);
    const contenders = Array.from({ length: 8 }, (_none, index) => ({
      ...free,
      holder: `contender-${index}`,
      token: 2n,
    }));
    const won = await Promise.all(contenders.map((contender) => store.replace(free, contender)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await store.read([free.name])).toEqual([contenders[won.indexOf(true)]]);
  });

  it('lets one of several makers at once win', async () => {
    const store = open();
    const { name } = entry();
    const won = await Promise.all(
      ['one', 'two', 'three', 'four'].map((holder) => store.replace(undefined, entry({ name, holder }))),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('lists by prefix, ordered by name', async () => {
    const store = open();
    const prefix = `listed-${randomBytes(6).toString('hex')}/`;
    for (const name of [`${prefix}b`, `${prefix}a`, `${prefix.slice(0, -1)}0`, `a-${prefix}`])
      await store.replace(undefined, entry({ name }));
    expect((await store.list(prefix)).map(({ name }) => name)).toEqual([`${prefix}a`, `${prefix}b`]);
  });
}
