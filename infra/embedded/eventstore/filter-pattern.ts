/** A pattern of a filter that this node cannot read as .NET reads it. */
export class UnreadablePattern extends Error {
  override readonly name = 'UnreadablePattern';
}

const DIGIT = '\\p{Nd}';
const WORD = '\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}';
const SPACE = '\\f\\n\\r\\t\\v\\x85\\p{Z}';
/** Joiners are no letters, but do not end a word either. */
const IN_WORD = `[${WORD}\\u200c\\u200d]`;
const END = '(?![\\s\\S])';
const LAST_LINE_END = `(?=\\n?${END})`;

const EVERYWHERE: Readonly<Record<string, string>> = {
  ...{ t: '\\t', n: '\\n', r: '\\r', f: '\\f', v: '\\v', a: '\\x07', e: '\\x1b' },
  ...{ d: DIGIT, D: '\\P{Nd}' },
};
const OUTSIDE_CLASSES: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  ...{ w: `[${WORD}]`, W: `[^${WORD}]`, s: `[${SPACE}]`, S: `[^${SPACE}]` },
  b: `(?:(?<=${IN_WORD})(?!${IN_WORD})|(?<!${IN_WORD})(?=${IN_WORD}))`,
  B: `(?:(?<=${IN_WORD})(?=${IN_WORD})|(?<!${IN_WORD})(?!${IN_WORD}))`,
  ...{ A: '(?<![\\s\\S])', Z: LAST_LINE_END, z: END },
};
const INSIDE_CLASSES: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  ...{ w: WORD, s: SPACE, b: '\\x08' },
};

/** Escapes that both languages write and read alike. */
const SHARED_ESCAPE = /\\(?:x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|c[A-Za-z]|[pP]\{(?:[LMNPSZC]|[LMNPSZC][a-z])\})/y;
const BACKREFERENCE = /\\(?:[1-9]|k<\w+>)/y;
const GROUP = /\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_]\w*>))?(?!\?)/y;
const QUANTIFIER = /[*+?]|\{\d+(?:,\d*)?\}/y;
const NAMED_GROUP = /\(\?<[A-Za-z_]/;
const NUMBERED_BACKREFERENCE = /\\[1-9]/;

/**
 * Compiles a pattern as the server's .NET reads it: `\w`, `\d`, `\s` and `\b` know all of Unicode, `.` is everything
 * but a line feed, `$` matches before a last line feed too.
 *
 * @throws UnreadablePattern when it is none, or says what only .NET can: options such as `(?i)`, atomic and balancing
 * groups, conditions, comments, `\G`, named blocks and the subtraction of classes
 */
export function compilePattern(source: string): RegExp {
  if (NAMED_GROUP.test(source) && NUMBERED_BACKREFERENCE.test(source)) {
    throw new UnreadablePattern('groups with names are counted otherwise in .NET');
  }
  const pattern = new PatternReader(source).translate();
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw new UnreadablePattern(error instanceof Error ? error.message : String(error));
  }
}

class PatternReader {
  private offset = 0;

  constructor(private readonly source: string) {}

  translate(): string {
    let pattern = '';
    while (this.offset < this.source.length) pattern += this.part();
    return pattern;
  }

  private part(): string {
    switch (this.source[this.offset]) {
      case '\\':
        return this.take(BACKREFERENCE) ?? this.escape(OUTSIDE_CLASSES);
      case '[':
        return this.characterClass();
      case '(':
        return this.take(GROUP) ?? this.refuse('this kind of group');
      case '.':
        this.offset++;
        return '[^\\n]';
      case '$':
        this.offset++;
        return LAST_LINE_END;
      case '^':
      case ')':
      case '|':
        return this.character();
      default:
        return this.take(QUANTIFIER) ?? literal(this.character());
    }
  }

  private characterClass(): string {
    this.offset++;
    let content = this.takeIf('^') ? '[^' : '[';
    // A bracket that comes first does not close the class.
    if (this.takeIf(']')) content += '\\]';
    for (;;) {
      const character = this.source[this.offset];
      if (character === undefined) return this.refuse('a class that is not closed');
      if (character === ']') break;
      if (this.source.startsWith('-[', this.offset)) return this.refuse('the subtraction of classes');
      if (character === '\\') content += this.escape(INSIDE_CLASSES);
      else content += character === '-' ? this.character() : literal(this.character());
    }
    this.offset++;
    return `${content}]`;
  }

  private escape(known: Readonly<Record<string, string>>): string {
    const shared = this.take(SHARED_ESCAPE);
    if (shared !== undefined) return shared;
    this.offset++;
    const character = this.character();
    const translation = known[character];
    if (translation !== undefined) return translation;
    if (character === '' || /\w/.test(character)) return this.refuse(`\\${character}`);
    return literal(character);
  }

  private take(expression: RegExp): string | undefined {
    expression.lastIndex = this.offset;
    const found = expression.exec(this.source)?.[0];
    if (found !== undefined) this.offset += found.length;
    return found;
  }

  private takeIf(character: string): boolean {
    if (this.source[this.offset] !== character) return false;
    this.offset++;
    return true;
  }

  private character(): string {
    const code = this.source.codePointAt(this.offset);
    const character = code === undefined ? '' : String.fromCodePoint(code);
    this.offset += character.length;
    return character;
  }

  private refuse(what: string): never {
    throw new UnreadablePattern(`${what} at ${this.offset} is not read here`);
  }
}

function literal(character: string): string {
  return /[\w\s]|[^\0-\x7f]/.test(character)
    ? character
    : `\\u{${character.codePointAt(0)?.toString(16) ?? '0'}}`;
}
