import { quoted } from '../row-reader.js';
import { dataTagOfLength } from './default-tags.js';

export interface FixField {
  readonly tag: string;
  readonly value: string;
}

/** A FIX message as it stands in a line; what is wrong with it is said, and it is kept. */
export interface FixMessage {
  readonly fields: readonly FixField[];
  /** What is no tag=value in it, or that it has no CheckSum: then nobody knows whether it is whole. */
  readonly fault?: string;
  /** From its first character to the one before `10=`. */
  readonly summed: string;
  /** Bytes between BodyLength and CheckSum; undefined where the message has no BodyLength in its place. */
  readonly bodyLength: number | undefined;
}

const tagPattern = /^[1-9][0-9]{0,8}$/;

/** @param text from its BeginString on @param delimiter one character */
export function parseMessage(text: string, delimiter: string): FixMessage {
  const fields: FixField[] = [];
  let fault: string | undefined;
  let bodyStart: number | undefined;
  let at = 0;
  while (at < text.length) {
    const start = at;
    const equals = text.indexOf('=', at);
    const tag = equals < 0 ? '' : text.slice(at, equals);
    const isField = tagPattern.test(tag);
    const end = isField
      ? endOfValue(text, equals + 1, delimiter, fields.at(-1), tag)
      : delimiterAfter(text, at, delimiter);
    at = end + 1;
    if (!isField) {
      fault ??= `is no FIX message: ${quoted(text.slice(start, end))} is no tag=value`;
      continue;
    }
    const value = text.slice(equals + 1, end);
    if (tag === '10') {
      fields.push({ tag, value });
      const bodyLength = bodyStart === undefined ? undefined : start - bodyStart;
      return { fields, summed: text.slice(0, start), bodyLength, ...(fault !== undefined && { fault }) };
    }
    fields.push({ tag, value });
    if (tag === '9' && fields.length === 2) bodyStart = at;
  }
  return {
    fields,
    summed: text,
    bodyLength: undefined,
    fault: fault ?? 'is not whole: it has no CheckSum (10)',
  };
}

function delimiterAfter(text: string, from: number, delimiter: string): number {
  const end = text.indexOf(delimiter, from);
  return end < 0 ? text.length : end;
}

/** Data may hold the delimiter: its length stands before it. A length that cannot be right is passed over. */
function endOfValue(
  text: string,
  from: number,
  delimiter: string,
  before: FixField | undefined,
  tag: string,
): number {
  const first = delimiterAfter(text, from, delimiter);
  if (before === undefined || dataTagOfLength[before.tag] !== tag || !/^[0-9]{1,6}$/.test(before.value))
    return first;
  const end = from + Number(before.value);
  return end > first && text[end] === delimiter ? end : first;
}

export function valueOf({ fields }: FixMessage, tag: string): string | undefined {
  return fields.find((field) => field.tag === tag)?.value;
}

/** What is wrong with its BodyLength (9) or CheckSum (10); a delimiter other than SOH counts as SOH. */
export function failedCheck(message: FixMessage, delimiter: string): string | undefined {
  const { summed, bodyLength } = message;
  const saidLength = valueOf(message, '9');
  if (bodyLength === undefined || saidLength === undefined || Number(saidLength) !== bodyLength)
    return `has the BodyLength (9) ${saidLength ?? 'nowhere'}, and ${bodyLength ?? 'no known number of'} bytes`;
  let sum = 0;
  for (let index = 0; index < summed.length; index++)
    sum += summed[index] === delimiter ? 1 : summed.charCodeAt(index);
  const right = String(sum % 256).padStart(3, '0');
  const said = valueOf(message, '10') ?? '';
  return said === right ? undefined : `has the CheckSum (10) ${quoted(said)}, and adds up to ${right}`;
}
