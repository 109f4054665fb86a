/** One line of a file. Line ends are LF, CRLF and CR; an empty line is none. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** One character a byte (Latin-1), as the file has them. */
  readonly text: string;
  /** False: it is longer than a row can be, and `text` is its beginning. */
  readonly whole: boolean;
}

/** What makes several lines of one: messages that follow each other without a line end. */
export interface InnerLines {
  /** Begins one; a second one in a line counts as a line of its own. */
  readonly begins: RegExp;
  /** Ends one, and stays its part. It matches at most 24 characters, and no line end. */
  readonly ends: RegExp;
}

/** In bytes. A longer line is no row of a trade file. */
export const longestLine = 65_536;

/** An ending whose rest comes with the next chunk must be found all the same. */
const longestEnding = 24;

/** Splits a file that comes in chunks, cut anywhere, into lines, and holds no more than one of them. */
export class LineSplitter {
  private pending = '';
  /** Nothing ends before it. */
  private searched = 0;
  private number = 1;
  private afterReturn = false;
  private afterInnerEnd = false;
  /** Of a line that is too long; its rest is passed over. */
  private beginning: string | undefined;
  private readonly ending: RegExp;

  constructor(private readonly inner?: InnerLines) {
    this.ending = new RegExp(inner === undefined ? '[\\r\\n]' : `[\\r\\n]|${inner.ends.source}`, 'g');
  }

  *push(chunk: string): Iterable<Line> {
    this.pending += chunk;
    let start = 0;
    this.ending.lastIndex = this.searched;
    for (let found = this.ending.exec(this.pending); found; found = this.ending.exec(this.pending)) {
      const [ending] = found;
      const end = found.index + ending.length;
      if (ending === '\r' || ending === '\n') {
        const isSecondHalf = ending === '\n' && this.afterReturn && found.index === start;
        if (!isSecondHalf) {
          yield* this.line(this.pending.slice(start, found.index));
          this.number += 1;
        }
        this.afterReturn = ending === '\r';
        this.afterInnerEnd = false;
      } else {
        yield* this.line(this.pending.slice(start, end));
        this.afterReturn = false;
        this.afterInnerEnd = true;
      }
      start = end;
    }
    this.pending = this.pending.slice(start);
    if (this.pending.length > longestLine + longestEnding) {
      this.beginning ??= this.pending.slice(0, longestLine);
      this.pending = this.pending.slice(-longestEnding);
    }
    this.searched = Math.max(0, this.pending.length - longestEnding);
  }

  *end(): Iterable<Line> {
    yield* this.line(this.pending);
    this.pending = '';
    this.searched = 0;
  }

  private *line(rest: string): Iterable<Line> {
    const tooLong = this.beginning ?? (rest.length > longestLine ? rest.slice(0, longestLine) : undefined);
    this.beginning = undefined;
    const text = tooLong ?? rest;
    if (text === '') return;
    if (this.afterInnerEnd && this.inner?.begins.test(text)) this.number += 1;
    yield { number: this.number, text, whole: tooLong === undefined };
  }
}
