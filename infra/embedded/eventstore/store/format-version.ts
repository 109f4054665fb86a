import { type RootDatabase } from 'lmdb';

/** The layout this code writes. A change that older code would misread raises it. */
export const FORMAT_VERSION = 1;

/** The store was written by newer code, which this code must not touch. */
export class NewerFormat extends Error {
  override readonly name = 'NewerFormat';
  /** Whoever starts the node shows the words of errors with a code, and no stack. */
  readonly code = 'NEWER_FORMAT';

  constructor(readonly found: number) {
    super(
      `the event store has storage format ${found}, and this version of Axion knows formats up to ${FORMAT_VERSION}: ` +
        'start the version that wrote it, or a newer one',
    );
  }
}

/** Checks the format of a store, or marks a new one; tells whether it was new. */
export function requireFormat(environment: RootDatabase<Buffer, Buffer>): boolean {
  const about = environment.openDB<Buffer, Buffer>('about', { encoding: 'binary', keyEncoding: 'binary' });
  const key = Buffer.from('format');
  const stored = about.get(key);
  if (!stored) {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(FORMAT_VERSION);
    about.putSync(key, value);
    return true;
  }
  const found = stored.readUInt32BE(0);
  if (found > FORMAT_VERSION) throw new NewerFormat(found);
  return false;
}
