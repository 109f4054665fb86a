import type { Filter } from 'mongodb';
import type { PageRequest } from '../../domain/kernel/ports/read-model-store.js';
import type { StoredFields } from './stored-document.js';

/** What a page asks of its documents' own fields, as MongoDB asks it. */
export function pageFilter({ where = {}, within = {}, holding = {} }: PageRequest): Filter<StoredFields> {
  const filter: Record<string, unknown> = { ...where };
  // The least text there is: what is no text is not within.
  for (const [field, { atLeast = '', below }] of Object.entries(within))
    filter[field] = { $gte: atLeast, ...(below !== undefined && { $lt: below }) };
  for (const [field, text] of Object.entries(holding)) filter[field] = { $regex: literal(text) };
  return filter;
}

/** A pattern that matches the text and nothing else. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
