import { randomBytes } from 'node:crypto';
import { erased, isSealed, type Sealed } from '../../domain/kernel/erasable.js';
import type { JsonValue } from '../../domain/kernel/json.js';
import type { SubjectKeys } from '../../domain/kernel/ports/subject-keys.js';
import { SubjectSealer } from './sealing.js';

class KeysInMemory implements SubjectKeys {
  readonly keys = new Map<string, Uint8Array>();
  obtain(subject: string): Promise<Uint8Array> {
    const key = this.keys.get(subject) ?? randomBytes(32);
    this.keys.set(subject, key);
    return Promise.resolve(key);
  }
  find(subject: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.keys.get(subject));
  }
}

let keys: KeysInMemory;
let sealer: SubjectSealer;

beforeEach(() => {
  keys = new KeysInMemory();
  sealer = new SubjectSealer(keys);
});

async function seal(subject: string, value: JsonValue): Promise<string> {
  const sealed: unknown = await sealer.seal(subject, value);
  return isSealed(sealed) ? sealed.$sealed : '';
}

/** The sealed text with one of its parts exchanged: 1 the key's id, 2 the subject, 3 the nonce, 4 the ciphertext. */
function withPart(sealed: string, index: number, part: string): string {
  return sealed
    .split('.')
    .map((existing, at) => (at === index ? part : existing))
    .join('.');
}

const notSealed = { name: 'InvariantBroken', code: 'keys.not-sealed' };

describe('a sealed value', () => {
  it.each<[JsonValue]>([
    ['Ada'],
    [''],
    ['Grüße 🚀'],
    [12.5],
    [true],
    [null],
    [['a', 1]],
    [{ street: 'Main', no: 1 }],
  ])('of %j opens to what it was', async (value) =>
    expect(await sealer.open(await seal('person:1', value))).toEqual(value),
  );

  it('tells nothing of the value and never looks the same', async () => {
    const [one, two] = [await seal('person:1', 'Ada'), await seal('person:1', 'Ada')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.split('.')[4]!, 'base64url').toString('latin1')).not.toContain('Ada');
  });

  it('is erased once its subject’s key is gone, and other subjects’ are not', async () => {
    const [ada, bob] = [await seal('person:ada', 'Ada'), await seal('person:bob', 'Bob')];
    keys.keys.delete('person:ada');
    expect(await sealer.open(ada)).toEqual(erased);
    expect(await sealer.open(bob)).toBe('Bob');
  });

  it('stays erased when its subject gets a new key, and what is sealed under that one opens', async () => {
    const before = await seal('person:ada', 'Ada');
    keys.keys.delete('person:ada');
    const since = await seal('person:ada', 'Ada again');
    expect(await sealer.open(before)).toEqual(erased);
    expect(await sealer.open(since)).toBe('Ada again');
  });

  it('does not open for another subject', async () => {
    const ada = await seal('person:ada', 'Ada');
    const bob = await seal('person:bob', 'Bob');
    const asBob = withPart(withPart(ada, 2, bob.split('.')[2]!), 1, bob.split('.')[1]!);
    await expect(sealer.open(asBob)).rejects.toMatchObject(notSealed);
  });

  it('does not open for another subject that has the same key', async () => {
    keys.keys.set('person:bob', await keys.obtain('person:ada'));
    const ada = await seal('person:ada', 'Ada');
    const asBob = withPart(ada, 2, Buffer.from('person:bob').toString('base64url'));
    await expect(sealer.open(asBob)).rejects.toMatchObject(notSealed);
  });

  it('with any bit of its nonce, ciphertext or tag changed is an error, never a value', async () => {
    const sealed = await seal('person:ada', 'Ada');
    for (const index of [3, 4]) {
      const bytes = Buffer.from(sealed.split('.')[index]!, 'base64url');
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes);
        changed[at] = bytes[at]! ^ 1;
        await expect(
          sealer.open(withPart(sealed, index, changed.toString('base64url'))),
        ).rejects.toMatchObject(notSealed);
      }
    }
  });

  it.each(['', '1', '1.0.0.0', '2.0.0.0.0', 'a.b.c.d.e'])('is not the text "%s"', async (text) => {
    await expect(sealer.open(text)).rejects.toMatchObject(notSealed);
  });

  it('with a tag that was cut short is an error', async () => {
    const sealed = await seal('person:ada', 'Ada');
    const cut = Buffer.from(sealed.split('.')[4]!, 'base64url').subarray(0, 8).toString('base64url');
    await expect(sealer.open(withPart(sealed, 4, cut))).rejects.toMatchObject(notSealed);
  });
});

describe('what looks sealed', () => {
  it.each<[unknown, boolean]>([
    [{ $sealed: '1' } satisfies Sealed, true],
    [{ $sealed: 1 }, false],
    ['$sealed', false],
    [null, false],
  ])('is only an object that holds a sealed text: %j', (value, is) => expect(isSealed(value)).toBe(is));
});
