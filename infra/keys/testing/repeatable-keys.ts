import { hash } from 'node:crypto';
import type { SubjectKeys } from '../../../domain/kernel/ports/subject-keys.js';

/** Keys that follow from the subject's name, the same in every process: nothing has to be stored. */
export class RepeatableKeys implements SubjectKeys {
  obtain(subject: string): Promise<Uint8Array> {
    return Promise.resolve(keyFor(subject));
  }

  find(subject: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(keyFor(subject));
  }
}

function keyFor(subject: string): Uint8Array {
  return hash('sha256', subject, 'buffer');
}
