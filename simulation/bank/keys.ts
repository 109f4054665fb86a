import { hash } from 'node:crypto';
import type { SubjectKeys } from '../../domain/kernel/ports/subject-keys.js';

/** Keys that follow from the subject's name: nothing has to be stored. */
export const keysByName: SubjectKeys = {
  obtain: (subject) => Promise.resolve(hash('sha256', subject, 'buffer')),
  find: (subject) => Promise.resolve(hash('sha256', subject, 'buffer')),
};
