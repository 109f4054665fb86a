import { type TradeField } from '../../uploads/mapping-profile.js';
import { type ProfileReader } from '../../uploads/read-row.js';
import { type SentFields } from '../fields.js';
import { type Line, LineSplitter, longestLine } from '../line-splitter.js';
import { rejected } from '../row-reader.js';
import { type RowResult } from '../row-result.js';
import { beyondAscii, utf8Of } from '../utf8.js';
import { parseJsonLine, textAtPath } from './json-line.js';

const byteOrderMark = '\u00ef\u00bb\u00bf';
const blank = /^[ \t]*$/;

/** The trades of a file with a JSON object in each line. Blank lines are passed over; every other one is a row. */
export class NdjsonFile {
  private readonly lines = new LineSplitter();
  private readonly missing = (field: TradeField): string =>
    `is missing: the object has no "${this.reader.profile.columns[field] ?? ''}"`;

  constructor(
    private readonly reader: ProfileReader,
    private readonly upload = 0,
  ) {}

  /** @param chunk one character a byte; undefined at the end of the file */
  *read(chunk: string | undefined): Iterable<RowResult> {
    const lines = chunk === undefined ? this.lines.end() : this.lines.push(chunk);
    for (const line of lines) {
      const row = this.readLine(line);
      if (row) yield row;
    }
  }

  private readLine({ number, text, whole }: Line): RowResult | undefined {
    if (!whole) return rejected(number, 'row', `is longer than ${longestLine} bytes`);
    const bytes = number === 1 && text.startsWith(byteOrderMark) ? text.slice(3) : text;
    if (blank.test(bytes)) return undefined;
    const decoded = beyondAscii.test(bytes) ? utf8Of(bytes) : bytes;
    if (decoded === undefined) return rejected(number, 'row', 'is not UTF-8');
    const line = parseJsonLine(decoded);
    if ('reason' in line) return rejected(number, 'row', line.reason);
    const { profile, record } = this.reader;
    const sent: SentFields = (field) => {
      const path = profile.columns[field];
      return path === undefined ? undefined : textAtPath(line.members, path);
    };
    return record(sent, { line: number, upload: this.upload }, this.missing);
  }
}
