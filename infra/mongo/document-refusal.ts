import { BSON } from 'mongodb';
import type { JsonObject, JsonValue } from '../../domain/kernel/json.js';
import { toStoredValues } from './stored-names.js';

/** MongoDB takes documents of 16 MiB; the engine's own fields and what may be parked need some of it. */
const maximumBytes = 15 * 1024 * 1024;
/** MongoDB takes 200 levels, its own around the document included. */
const maximumDepth = 150;
/** No value of JSON that is neither text nor container takes more, its type, its name's end and an index included. */
const mostBytesOfValue = 24;

/** Why MongoDB would never take a document; undefined when it would. */
export function documentRefusal(document: JsonObject): string | undefined {
  for (const field of Object.keys(document))
    if (/^[_$]/.test(field)) return `the field ${field} of a document is the engine's`;
  const bound = boundOf(document, 1);
  if (bound.depth > maximumDepth) return `the document is nested more than ${maximumDepth} levels deep`;
  // The bound is generous: only what is over it is measured.
  if (bound.bytes > maximumBytes) {
    const bytes = BSON.calculateObjectSize(toStoredValues(document));
    if (bytes > maximumBytes) return `the document has ${bytes} bytes; at most ${maximumBytes} are stored`;
  }
  return undefined;
}

function boundOf(value: JsonValue, depth: number): { bytes: number; depth: number } {
  if (typeof value === 'string') return { bytes: mostBytesOfValue + value.length * 3, depth };
  if (typeof value !== 'object' || value === null) return { bytes: mostBytesOfValue, depth };
  let bytes = mostBytesOfValue;
  let deepest = depth;
  if (depth > maximumDepth) return { bytes, depth };
  for (const [name, member] of Object.entries(value)) {
    const of = boundOf(member, depth + 1);
    // An awkward name grows when it is written with per cent signs.
    bytes += of.bytes + (Array.isArray(value) ? 0 : name.length * 9 + 1);
    deepest = Math.max(deepest, of.depth);
  }
  return { bytes, depth: deepest };
}
