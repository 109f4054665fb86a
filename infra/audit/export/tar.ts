import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvariantBroken } from '../../../domain/kernel/errors.js';

const blockBytes = 512;
const largestOctal = 8 ** 11 - 1;

/**
 * The files of a folder, without its sub-folders, as a tar file (POSIX.1-1988 ustar): in the order of their names and
 * without times or owners, so that the same files are the same bytes.
 *
 * @param folder the name of the folder in it, ASCII, without a slash at its end
 * @throws InvariantBroken `tar.bad-name` for a path of more than 100 characters, or others than ASCII
 */
export async function* tarOf(directory: string, folder: string): AsyncIterable<Uint8Array> {
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name);
    const { size } = await stat(path);
    yield headerOf(`${folder}/${name}`, size);
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
    const beyond = size % blockBytes;
    if (beyond > 0) yield Buffer.alloc(blockBytes - beyond);
  }
  yield Buffer.alloc(2 * blockBytes);
}

function headerOf(name: string, size: number): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name))
    throw new InvariantBroken('tar.bad-name', `a tar file cannot hold the name ${name}`);
  const header = Buffer.alloc(blockBytes);
  const write = (offset: number, text: string): void => void header.write(text, offset, 'latin1');
  write(0, name);
  write(100, '0000600\0');
  write(108, '0000000\0');
  write(116, '0000000\0');
  writeSize(header, size);
  write(136, '00000000000\0');
  write(148, ' '.repeat(8));
  write(156, '0');
  write(257, 'ustar\x0000');
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Octal, as far as its eleven digits reach; beyond 8 GiB in base 256, as GNU tar and all that read its files do. */
function writeSize(header: Buffer, size: number): void {
  if (size <= largestOctal) {
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    return;
  }
  header.writeUInt8(0x80, 124);
  header.writeBigUInt64BE(BigInt(size), 128);
}
