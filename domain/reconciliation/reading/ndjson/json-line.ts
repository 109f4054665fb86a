import { type Problem } from '../calendar.js';

/** The object of one line, its numbers as the texts that were written: none has been a binary float. */
export type JsonLine = Readonly<Record<string, unknown>>;

const deepest = 32;
// A string (with the colon behind it, where it is a name) or a number, whole: nothing of either is looked at twice.
const tokens =
  /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\s]*:)/gs;

/** @returns why the text is no JSON object whose names stand once each */
export function parseJsonLine(text: string): { readonly members: JsonLine } | Problem {
  let names = 0;
  const withTexts = text.replace(tokens, (token: string, colon: string | undefined) => {
    if (!token.startsWith('"')) return `"${token}"`;
    if (colon !== undefined) names += 1;
    return token;
  });
  let value: unknown;
  try {
    value = JSON.parse(withTexts);
  } catch {
    return { reason: 'is not JSON' };
  }
  if (!isObject(value)) return { reason: 'is no JSON object' };
  const found = namesIn(value, deepest);
  if (found === undefined) return { reason: `is nested deeper than ${deepest}` };
  return found === names ? { members: value } : { reason: 'has a name twice in one object' };
}

function isObject(value: unknown): value is JsonLine {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How many names stand in a value, nested ones too; undefined where it is too deep. */
function namesIn(value: unknown, depth: number): number | undefined {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return undefined;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const member of Object.values(value)) {
    const inside = namesIn(member, depth - 1);
    if (inside === undefined) return undefined;
    count += inside;
  }
  return count;
}

/** The text at a dotted path; a member whose own name has the points goes before. */
export function textAtPath(line: JsonLine, path: string): string | undefined | Problem {
  const value = Object.hasOwn(line, path) ? line[path] : descended(line, path);
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : { reason: `is neither a text nor a number at "${path}"` };
}

function descended(line: JsonLine, path: string): unknown {
  let value: unknown = line;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
