import { type MappingProfile, type TradeField, tradeFields } from '../uploads/mapping-profile.js';
import { type ProfileProblem } from './profile-problems.js';

/** Where each mapped field stands in a row. */
export interface Layout {
  readonly width: number;
  readonly positions: ReadonlyMap<TradeField, number>;
}

const otherDelimiters = [',', ';', '\t', '|'];

/** Finds the mapped columns in a header, or says why the file is not what its profile says. */
export function readHeader(profile: MappingProfile, cells: readonly string[]): Layout | ProfileProblem[] {
  const names = cells.map((cell, index) => (index === 0 ? cell.replace(/^\uFEFF/, '') : cell).trim());
  const positions = new Map<TradeField, number>();
  const problems: ProfileProblem[] = [];
  for (const field of tradeFields) {
    const column = profile.columns[field];
    if (column === undefined) continue;
    const position = names.indexOf(column);
    if (position < 0) problems.push({ field, reason: `column "${column}" is missing from the header` });
    else if (names.includes(column, position + 1)) {
      problems.push({ field, reason: `column "${column}" stands in the header more than once` });
    }
    positions.set(field, position);
  }
  if (problems.length === 0) return { width: names.length, positions };
  const nothingFound = [...positions.values()].every((position) => position < 0);
  return nothingFound ? [{ field: 'header', reason: anotherFile(profile, names) }, ...problems] : problems;
}

function anotherFile(profile: MappingProfile, names: readonly string[]): string {
  const delimiter = profile.delimiter ?? ',';
  const found = otherDelimiters.find(
    (other) => other !== delimiter && names.some((name) => name.includes(other)),
  );
  const hint = found === undefined ? '' : `; it seems to be delimited by "${found}", not "${delimiter}"`;
  return `the file is not what the profile "${profile.name}" says: it has none of its columns${hint}`;
}
