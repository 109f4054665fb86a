import { type MappingProfile, type TradeField } from '../../uploads/mapping-profile.js';
import { type Problem } from '../calendar.js';
import { type SentFields } from '../fields.js';
import { beyondAscii, utf8Of } from '../utf8.js';
import { defaultTags, noSymbol, tagNames } from './default-tags.js';
import { type FixField } from './message.js';

/** A tag, or the tag of a repeating group's entry in which another one has a value. */
export interface TagPath {
  readonly tag: string;
  readonly where?: { readonly tag: string; readonly value: string };
}

const tagPathPattern = /^([1-9][0-9]{0,8})(?:\[([1-9][0-9]{0,8})=([^\]]{1,64})\])?$/;

/** `55`, or `448[452=17]`; undefined for what is neither. */
export function parseTagPath(text: string): TagPath | undefined {
  const [, tag, otherTag, value] = tagPathPattern.exec(text.trim()) ?? [];
  if (tag === undefined) return undefined;
  return otherTag === undefined || value === undefined ? { tag } : { tag, where: { tag: otherTag, value } };
}

/** The fields that speak of one trade: the whole message, or a side of it and the rest after it. */
export type Scopes = readonly (readonly FixField[])[];

/** Finds the texts of the fields of a trade by the profile's tags, and by the standard's where it names none. */
export class FixTexts {
  private readonly paths: ReadonlyMap<TradeField, readonly TagPath[]>;

  constructor({ columns }: MappingProfile) {
    // `profileProblems` has refused what is no tag.
    const pathsOf = (texts: readonly string[]) => texts.flatMap((text) => parseTagPath(text) ?? []);
    this.paths = new Map(
      Object.entries(defaultTags).map(([field, tags]) => {
        const own = columns[field as TradeField];
        return [field as TradeField, pathsOf(own === undefined ? tags : [own])];
      }),
    );
  }

  of(scopes: Scopes): SentFields {
    return (field) => {
      for (const path of this.paths.get(field) ?? [])
        for (const scope of scopes) {
          const found = valueAt(scope, path);
          if (found === undefined || (path.tag === '55' && found === noSymbol)) continue;
          return typeof found === 'string' ? decoded(found) : found;
        }
      return undefined;
    };
  }

  /** Why a field is not there. */
  missing(field: TradeField): string {
    const [path] = this.paths.get(field) ?? [];
    const tag = path?.tag ?? '';
    const name = tagNames[tag];
    return `is missing: the message has no ${name === undefined ? `tag ${tag}` : `${name} (${tag})`}, and the profile no constant`;
  }
}

function valueAt(scope: readonly FixField[], { tag, where }: TagPath): string | undefined | Problem {
  if (where) return valueInEntry(scope, tag, where);
  let found: string | undefined;
  for (const field of scope) {
    if (field.tag !== tag) continue;
    if (found !== undefined && found !== field.value)
      return { reason: `stands more than once in the message: tag ${tag}` };
    found = field.value;
  }
  return found;
}

/** An entry goes from one occurrence of the tag to the next: it is the first one of its group. */
function valueInEntry(
  scope: readonly FixField[],
  tag: string,
  where: { readonly tag: string; readonly value: string },
): string | undefined {
  let found: string | undefined;
  for (const field of scope) {
    if (field.tag === tag) found = field.value;
    else if (found !== undefined && field.tag === where.tag && field.value === where.value) return found;
  }
  return undefined;
}

/** A value as text: its bytes are UTF-8. */
function decoded(value: string): string | Problem {
  if (!beyondAscii.test(value)) return value;
  return utf8Of(value) ?? { reason: 'is not UTF-8' };
}
