/** How much of a body is shown. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_BYTES_IN_HEX = 2048;
const BYTES_A_LINE = 16;

/** The bytes of an event for people: JSON indented, text as it is, anything else in hexadecimal. */
export function readable(bytes: Buffer): string {
  const text = textOf(bytes);
  if (text === undefined) return hexadecimal(bytes);
  const shown = isJson(text) ? indentJson(text) : text;
  return shown.length <= MOST_CHARACTERS
    ? shown
    : `${shown.slice(0, MOST_CHARACTERS)}\n… (${bytes.length} bytes in all)`;
}

function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** Indents JSON and changes nothing else: numbers beyond 2^53 and repeated keys stay as they are written. */
export function indentJson(text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  let depth = 0;
  let result = '';
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  tokens.forEach((token, index) => {
    const isEmpty = (token === '}' || token === ']') && /^[[{]$/.test(tokens[index - 1] ?? '');
    if (token === '{' || token === '[') {
      depth++;
      result += token;
      if (!/^[}\]]$/.test(tokens[index + 1] ?? '')) result += newLine();
    } else if (token === '}' || token === ']') {
      depth--;
      result += (isEmpty ? '' : newLine()) + token;
    } else if (token === ',') result += token + newLine();
    else result += token === ':' ? ': ' : token;
  });
  return result;
}

function hexadecimal(bytes: Buffer): string {
  const lines: string[] = [];
  const shown = bytes.subarray(0, MOST_BYTES_IN_HEX);
  for (let offset = 0; offset < shown.length; offset += BYTES_A_LINE) {
    const line = shown.subarray(offset, offset + BYTES_A_LINE);
    const pairs = (line.toString('hex').match(/../g) ?? []).join(' ').padEnd(BYTES_A_LINE * 3 - 1);
    const characters = line.toString('latin1').replaceAll(/[^ -~]/g, '.');
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${pairs}  ${characters}`);
  }
  if (shown.length < bytes.length) lines.push(`… (${bytes.length} bytes in all)`);
  return lines.join('\n');
}
