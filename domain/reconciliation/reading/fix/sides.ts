import { type TradeField } from '../../uploads/mapping-profile.js';
import { quoted } from '../row-reader.js';
import { firstUserTag, tagsOfSide } from './default-tags.js';
import { type Scopes } from './field-texts.js';
import { type FixField, type FixMessage, valueOf } from './message.js';

export interface SidesProblem {
  readonly field: TradeField;
  readonly reason: string;
}

/**
 * What a trade capture reports, side by side: of each, its own fields and then those of the message. A message without
 * sides is one.
 *
 * @param ours accounts (1) and parties (448): where it reports several sides, only theirs
 */
export function sidesOf(
  message: FixMessage,
  ours: readonly string[] | undefined,
): readonly Scopes[] | SidesProblem {
  const said = valueOf(message, '552');
  if (said === undefined || Number(said) === 0) return [[message.fields]];
  if (said !== '1' && said !== '2')
    return {
      field: 'side',
      reason: `is not to be told: NoSides (552) is ${quoted(said)}, and neither 1 nor 2`,
    };
  const { sides, body } = split(message.fields);
  if (sides.length !== Number(said)) {
    const reason = `is not as announced: NoSides (552) says ${said}, the message has ${sides.length}`;
    return { field: 'side', reason };
  }
  const wanted = ours === undefined || sides.length === 1 ? sides : sides.filter(isOf(new Set(ours)));
  if (wanted.length === 0)
    return {
      field: 'account',
      reason: 'is on no side of the trade: none of its accounts or parties is ours',
    };
  return wanted.map((side) => [side, body]);
}

function isOf(ours: ReadonlySet<string>): (side: readonly FixField[]) => boolean {
  return (side) => side.some(({ tag, value }) => (tag === '1' || tag === '448') && ours.has(value));
}

/** A side begins with Side (54), and ends with the first tag that belongs to none. */
function split(fields: readonly FixField[]): { sides: FixField[][]; body: FixField[] } {
  const sides: FixField[][] = [];
  const body: FixField[] = [];
  let isInGroup = false;
  for (const field of fields) {
    const { tag } = field;
    if (tag === '552') isInGroup = true;
    else if (isInGroup && tag === '54') sides.push([field]);
    else if (isInGroup && sides.length > 0 && (tagsOfSide.has(tag) || Number(tag) >= firstUserTag))
      sides.at(-1)?.push(field);
    else {
      if (sides.length > 0) isInGroup = false;
      body.push(field);
    }
  }
  return { sides, body };
}
