import { InvalidRequest } from '../../domain/kernel/errors.js';

const maximumDepth = 64;

/**
 * JSON as I-JSON (RFC 7493) wants it: a name may stand once in an object. `JSON.parse` would keep the last one
 * silently, so what a person signed off and what was stored could differ.
 *
 * @throws InvalidRequest `request.bad-json`, `request.duplicate-name`, `request.too-deep`
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidRequest('request.bad-json', `the body is not JSON: ${(error as SyntaxError).message}`);
  }
  refuseDuplicateNames(text);
  return value;
}

/** Walks text that is known to be JSON, looking at nothing but names. */
function refuseDuplicateNames(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (open.length > maximumDepth)
      throw new InvalidRequest('request.too-deep', `the body is nested deeper than ${maximumDepth}`);
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names && isName(text, end)) {
        const name: unknown = JSON.parse(text.slice(at, end));
        if (names.has(String(name)))
          throw new InvalidRequest(
            'request.duplicate-name',
            `the body has the name ${String(name)} twice in one object`,
          );
        names.add(String(name));
      }
      at = end;
      continue;
    }
    at++;
  }
}

/** True when a colon follows the string that ends before `end`. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (' \t\r\n'.includes(text[at] ?? '.')) at++;
  return text[at] === ':';
}

/** Index behind the closing quotation mark of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
