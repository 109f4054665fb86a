import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/**
 * The floor under the verification of an export: every line read, parsed, and hashed once. As the verifier a program
 * that is given a file, and ends.
 */
let lines = 0;
let length = 0;
let rest = Buffer.alloc(0);

function takeLine(line: Buffer): void {
  const parsed: unknown = JSON.parse(line.toString());
  // What is not used could be left out.
  if (typeof parsed === 'object') length += hash('sha256', line).length;
  lines += 1;
}

for await (const chunk of createReadStream(process.argv[2] ?? '', { highWaterMark: 2 ** 20 })) {
  const bytes = Buffer.concat([rest, chunk as Buffer]);
  let begin = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, begin)) {
    takeLine(bytes.subarray(begin, end));
    begin = end + 1;
  }
  rest = bytes.subarray(begin);
}
process.stdout.write(JSON.stringify({ lines, length }));
