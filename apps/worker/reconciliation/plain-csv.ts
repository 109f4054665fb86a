import { isAscii, isUtf8 } from 'node:buffer';
import { longestLine } from '../../../domain/reconciliation/reading/line-splitter.js';

/** The cells of a row, and the number of the line that it ends in, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** In bytes. Whether a line is longer than a row can be is for the parser to judge. */
const longestPlain = longestLine / 2;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quotationMark = 0x22;
const byteOrderMark = Buffer.from('\uFEFF');

/**
 * Splits the rows of a CSV file that nothing has to be known about: no quotation mark, every byte UTF-8, lines that end
 * with LF or CRLF. Nearly all trade files are so throughout, and a parser that looks at each character takes four times
 * as long as all else that is done with a row. It takes whole lines only, and ends at the first that are otherwise:
 * what is left is for the parser.
 */
export class PlainCsv {
  /** Lines that were split. */
  lines = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly delimiter: string) {}

  /** What was given and not split: the beginning of a line, or what the parser must read. */
  get left(): Buffer {
    return this.rest;
  }

  /** @returns undefined once there is something else in it; the file goes on with `left` */
  push(chunk: Uint8Array): readonly CsvRow[] | undefined {
    const isLong = this.rest.length > longestPlain;
    const bytes = Buffer.concat([this.rest, chunk]);
    const end = bytes.lastIndexOf(lineFeed) + 1;
    const rows = isLong ? undefined : this.split(bytes.subarray(0, end));
    this.rest = rows ? bytes.subarray(end) : bytes;
    return rows;
  }

  /** The last line, where it has no end. */
  end(): readonly CsvRow[] | undefined {
    const rows = this.split(this.rest);
    if (rows) this.rest = Buffer.alloc(0);
    return rows;
  }

  private split(bytes: Buffer): readonly CsvRow[] | undefined {
    if (bytes.includes(quotationMark) || !isUtf8(bytes)) return undefined;
    const hasReturns = bytes.includes(carriageReturn);
    if (hasReturns && /\r(?!\n)/.test(bytes.toString('latin1'))) return undefined;
    const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
    const rows: CsvRow[] = [];
    let line = this.lines;
    let start = line === 0 && bytes.indexOf(byteOrderMark) === 0 ? byteOrderMark.length : 0;
    while (start < bytes.length) {
      const found = bytes.indexOf(lineFeed, start);
      const end = found < 0 ? bytes.length : found;
      if (end - start > longestPlain) return undefined;
      line += 1;
      const last = hasReturns && end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
      // A text of its own for each line: a cell that somebody remembers keeps no more than its line in memory.
      if (last > start)
        rows.push({ line, cells: bytes.toString(encoding, start, last).split(this.delimiter) });
      start = end + 1;
    }
    this.lines = line;
    return rows;
  }
}
