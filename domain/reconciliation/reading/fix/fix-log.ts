import { type ProfileReader } from '../../uploads/read-row.js';
import { type InnerLines, type Line, LineSplitter, longestLine } from '../line-splitter.js';
import { quoted, rejected } from '../row-reader.js';
import { type TradeField } from '../../uploads/mapping-profile.js';
import { type RowResult } from '../row-result.js';
import { type KeyedChange, type KeyedTrade, ExecutionChanges } from './changes.js';
import { startOfHeading } from './default-tags.js';
import { FixTexts } from './field-texts.js';
import { kindOf, type MessageKind } from './message-kind.js';
import { failedCheck, type FixMessage, parseMessage, valueOf } from './message.js';
import { OtherMessageCounts, type OtherMessages } from './other-messages.js';
import { sidesOf } from './sides.js';

const delimiterNames: Readonly<Record<string, string>> = { [startOfHeading]: 'SOH', '|': '"|"' };
const version = '(?<![0-9])8=FIXT?\\.[0-9][0-9A-Za-z.]{0,8}';
/** A message with whatever delimiter. */
const anyMessage = new RegExp(`${version}[^0-9A-Za-z\\s]{1,4}9=`);

const sentAgain = 'sent again (PossDupFlag), and read already';
const none: readonly RowResult[] = [];

type Change = Extract<MessageKind, { kind: 'change' }>;

/**
 * The trades of a FIX log: messages one after another, each in a line of its own or not, with whatever a logger wrote
 * before and behind them. Every message is a row (accepted or rejected; a trade capture with two sides is two rows) or
 * is counted among `otherMessages`. The file is given twice: to `survey`, then to `read`.
 */
export class FixLog {
  private readonly delimiter: string;
  private readonly inner: InnerLines;
  /** Where a message begins in a line; global: it is searched on. */
  private readonly begins: RegExp;
  private readonly mayChange: RegExp;
  private readonly texts: FixTexts;
  private readonly missing = (field: TradeField): string => this.texts.missing(field);
  private readonly changes = new ExecutionChanges();
  private readonly others = new OtherMessageCounts();
  private readonly surveyed: LineSplitter;
  private readonly lines: LineSplitter;
  private messages = 0;
  private lastMessageLine = 0;
  private otherDelimiters = 0;

  constructor(
    private readonly reader: ProfileReader,
    private readonly upload = 0,
  ) {
    const { profile } = reader;
    this.delimiter = profile.delimiter ?? startOfHeading;
    const delimiter = this.delimiter === '|' ? '\\|' : '\\u0001';
    const begins = `${version}${delimiter}`;
    this.inner = { begins: new RegExp(begins), ends: new RegExp(`${delimiter}10=[0-9]{1,10}${delimiter}`) };
    this.begins = new RegExp(begins, 'g');
    this.mayChange = new RegExp(`${delimiter}(?:19=|572=|43=Y)`);
    this.texts = new FixTexts(profile);
    this.surveyed = new LineSplitter(this.inner);
    this.lines = new LineSplitter(this.inner);
  }

  /** First reading; undefined at its end. */
  survey(chunk: string | undefined): void {
    const lines = chunk === undefined ? this.surveyed.end() : this.surveyed.push(chunk);
    for (const line of lines)
      if (line.whole) for (const text of this.messagesOf(line.text)) this.surveyMessage(text);
  }

  /** Second reading; undefined at its end. */
  *read(chunk: string | undefined): Iterable<RowResult> {
    const lines = chunk === undefined ? this.lines.end() : this.lines.push(chunk);
    for (const line of lines) yield* this.readLine(line);
  }

  get otherMessages(): readonly OtherMessages[] {
    return this.others.all;
  }

  /** At the end: why the file is not what its profile says. */
  get problem(): string | undefined {
    if (this.messages > 0) return undefined;
    if (this.otherDelimiters === 0) return 'no FIX message is in it';
    const name = delimiterNames[this.delimiter] ?? '';
    const other = this.delimiter === '|' ? 'SOH' : '"|"';
    return `its messages are not delimited by ${name}; the profile's delimiter may have to be ${other}`;
  }

  private *messagesOf(line: string): Iterable<string> {
    this.begins.lastIndex = 0;
    let start: number | undefined;
    for (let found = this.begins.exec(line); found; found = this.begins.exec(line)) {
      if (start === undefined) start = found.index;
      // One that begins inside a field is what a text quotes.
      else if (line[found.index - 1] === this.delimiter) {
        yield line.slice(start, found.index);
        start = found.index;
      }
    }
    if (start !== undefined) yield line.slice(start);
  }

  private surveyMessage(text: string): void {
    // What changes nothing matters only where something that comes before it may be about it.
    if (!this.changes.isAwaiting && !this.mayChange.test(text)) return;
    const message = parseMessage(text, this.delimiter);
    const type = valueOf(message, '35');
    if (type === undefined || this.faultOf(message) !== undefined) return;
    const kind = kindOf(message, type);
    if (kind.kind === 'trade' && kind.id !== undefined)
      this.changes.noteTrade(keyedTrade(message, type, kind.id));
    if (kind.kind === 'change') {
      const keyed = keyedChange(message, type, kind);
      if (keyed) this.changes.noteChange(keyed);
    }
  }

  private readLine({ number, text, whole }: Line): readonly RowResult[] {
    if (!this.inner.begins.test(text) && !anyMessage.test(text)) {
      // What stands behind a message in its line belongs to the line.
      if (number !== this.lastMessageLine) this.others.lineWithoutMessage();
      return none;
    }
    this.lastMessageLine = number;
    if (!whole) {
      this.messages += 1;
      return [rejected(number, 'row', `is longer than ${longestLine} bytes`)];
    }
    const messages = [...this.messagesOf(text)];
    this.messages += messages.length;
    if (messages.length > 0)
      return messages.flatMap((message) => this.readMessage(parseMessage(message, this.delimiter), number));
    this.otherDelimiters += 1;
    const name = delimiterNames[this.delimiter] ?? '';
    return [rejected(number, 'row', `is a FIX message that is not delimited by ${name}`)];
  }

  private readMessage(message: FixMessage, line: number): readonly RowResult[] {
    const type = valueOf(message, '35');
    if (type === undefined)
      return [rejected(line, 'row', message.fault ?? 'is a FIX message without MsgType (35)')];
    const kind = kindOf(message, type);
    if (kind.kind === 'other') return this.other(type, kind.detail);
    const fault = this.faultOf(message);
    if (fault !== undefined) return [rejected(line, 'row', fault)];
    if (kind.kind === 'unclear') return [rejected(line, 'row', kind.reason)];
    if (kind.kind === 'change') return this.readChange(message, type, kind, line);
    const outcome =
      kind.id === undefined ? 'row' : this.changes.outcomeOfTrade(keyedTrade(message, type, kind.id));
    if (outcome === 'row') return this.readTrade(message, type, line);
    return this.other(type, outcome === 'repeated' ? sentAgain : `taken out: ${outcome} by a later message`);
  }

  private readChange(message: FixMessage, type: string, kind: Change, line: number): readonly RowResult[] {
    const { change, reference = '' } = kind;
    const what = change === 'cancel' ? 'cancels' : 'corrects';
    const keyed = keyedChange(message, type, kind);
    if (!keyed) {
      const tag = type === '8' ? 'ExecRefID (19)' : 'TradeReportRefID (572)';
      return [rejected(line, 'tradeId', `is missing: the message ${what} what no ${tag} names`)];
    }
    switch (this.changes.outcomeOfChange(keyed)) {
      case 'row':
        return this.readTrade(message, type, line);
      case 'unknown-reference': {
        const where = `that the message ${what}, and that is in no message of this file`;
        return [rejected(line, 'tradeId', `${quoted(reference)} is an execution ${where}`)];
      }
      case 'repeated':
        return this.other(type, `${change}: ${sentAgain}`);
      case 'applied': {
        const done =
          change === 'cancel' ? 'has taken an execution out' : 'was itself changed by a later message';
        return this.other(type, `${change}: ${done}`);
      }
    }
  }

  private readTrade(message: FixMessage, type: string, line: number): readonly RowResult[] {
    const { profile, record } = this.reader;
    const trades = type === 'AE' ? sidesOf(message, profile.ours) : [[message.fields]];
    if ('reason' in trades) return [rejected(line, trades.field, trades.reason)];
    const origin = { line, upload: this.upload };
    return trades.map((scopes) => record(this.texts.of(scopes), origin, this.missing));
  }

  private other(type: string, detail: string | undefined): readonly RowResult[] {
    this.others.message(type, detail);
    return none;
  }

  /** Why a message that should be a trade cannot be read. */
  private faultOf(message: FixMessage): string | undefined {
    if (message.fault !== undefined) return message.fault;
    return this.reader.profile.checks === 'judge' ? failedCheck(message, this.delimiter) : undefined;
  }
}

/** Ids are unique for a sender, and among reports of one type. */
function keyOf(message: FixMessage, type: string, id: string): string {
  return `${valueOf(message, '49') ?? ''}${startOfHeading}${type}${startOfHeading}${id}`;
}

function keyedTrade(message: FixMessage, type: string, id: string): KeyedTrade {
  return { key: keyOf(message, type, id), resent: valueOf(message, '43') === 'Y' };
}

/** Undefined where it names nothing. */
function keyedChange(message: FixMessage, type: string, change: Change): KeyedChange | undefined {
  const { reference, id = '' } = change;
  if (reference === undefined || reference === '') return undefined;
  return {
    ...keyedTrade(message, type, id),
    change: change.change,
    reference: keyOf(message, type, reference),
  };
}
