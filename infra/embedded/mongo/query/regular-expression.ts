import { CommandError, notImplemented } from '../errors.js';

const QUANTIFIER = /^\{\d+(,\d*)?\}/;
const SUPPORTED_GROUP = /^\(\?(:|=|!|<=|<!|<[A-Za-z_]\w*>)/;
const SUPPORTED_ESCAPES = 'dDwWsSbBntrfv0123456789';
const SPACES = ' \\t\\n\\v\\f\\r';

function refuse(what: string): never {
  throw notImplemented(`The regular expression construct ${what}`);
}

function translateEscape(next: string, inClass: boolean): string {
  if (next === 's') return inClass ? SPACES : `[${SPACES}]`;
  if (next === 'S') return inClass ? refuse('\\S inside a class') : `[^${SPACES}]`;
  if (SUPPORTED_ESCAPES.includes(next)) return `\\${next}`;
  if (/[A-Za-z]/.test(next)) return refuse(`\\${next}`);
  return /[\^$\\.*+?()[\]{}|/-]/.test(next) ? (next === '-' && !inClass ? '-' : `\\${next}`) : next;
}

/**
 * Translates the server's (PCRE) pattern to JavaScript where both mean the same, and refuses the rest:
 * a pattern that JavaScript would read differently must not silently match something else.
 */
function translate(pattern: string, flags: string): string {
  let out = '';
  let inClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern.charAt(index);
    const rest = pattern.slice(index);
    if (char === '\\') {
      index += 1;
      if (index >= pattern.length) throw invalid('\\ at end of pattern');
      out += translateEscape(pattern.charAt(index), inClass);
    } else if (inClass) {
      if (rest.startsWith('[:')) refuse('[:class:]');
      if (char === ']' && !/\[\^?$/.test(out)) inClass = false;
      out += char === '[' || (char === ']' && inClass) ? `\\${char}` : char;
    } else if (char === '[') {
      inClass = true;
      out += char;
    } else if (char === '.') {
      out += flags.includes('s') ? '[\\s\\S]' : '[^\\n]';
    } else if (char === '$' && !flags.includes('m')) {
      out += '(?=\\n?(?![\\s\\S]))';
    } else if (rest.startsWith('(?') && !SUPPORTED_GROUP.test(rest)) {
      refuse(rest.slice(0, 4));
    } else if (rest.startsWith('(*')) {
      refuse('(*VERB)');
    } else if (/^[*+?}]\+/.test(rest)) {
      refuse('possessive quantifier');
    } else if (char === ']' || char === '}' || (char === '{' && !QUANTIFIER.test(rest))) {
      out += `\\${char}`;
    } else if (char === '{') {
      const quantifier = QUANTIFIER.exec(rest)?.[0] ?? char;
      out += quantifier;
      index += quantifier.length - 1;
    } else {
      out += char;
    }
  }
  return out;
}

function invalid(reason: string): CommandError {
  return new CommandError(51091, `Regular expression is invalid: ${reason}`);
}

export function compileRegularExpression(pattern: string, flags: string): RegExp {
  for (const flag of flags) {
    if (flag === 'x') throw notImplemented('The regular expression option x');
    if (!'imsu'.includes(flag)) throw new CommandError(51108, `invalid flag in regex options: ${flag}`);
  }
  const translated = translate(pattern, flags);
  const jsFlags = `u${flags.includes('i') ? 'i' : ''}${flags.includes('m') ? 'm' : ''}`;
  try {
    return new RegExp(translated, jsFlags);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}
