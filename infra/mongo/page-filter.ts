import type { Filter } from 'mongodb';
import type { PageRequest } from '../../domain/kernel/ports/read-model-store.js';
import type { StoredFields } from './stored-document.js';

/** What a page asks of its documents' own fields, as MongoDB asks it. */
export function pageFilter({ where = {}, within = {}, holding = {} }: PageRequest): Filter<StoredFields> {
  const ranges = Object.entries(within).map(([field, { atLeast, below }]) => {
    // The least text there is: what is no text is not within.
    const range = { $gte: atLeast ?? '', ...(below !== undefined && { $lt: below }) };
    return [field, range] as const;
  });
  const texts = Object.entries(holding).map(([field, text]) => [field, { $regex: literal(text) }] as const);
  return { ...where, ...Object.fromEntries([...ranges, ...texts]) };
}

/** A pattern that matches the text and nothing else. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
