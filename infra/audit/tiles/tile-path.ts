/** Leaves, or hashes, that a full tile holds (C2SP tlog-tiles: trees of height 8). */
export const tileWidth = 256;
export const tileHeight = 8;

export interface TileName {
  /** Of hashes: tile level, where 0 holds leaves' hashes; `entries`: the entries themselves. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256; 256 is a full one, and no other is ever written over. */
  readonly width: number;
}

/** `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits: 1234067 is `x001/x234/067`. */
export function tilePath({ level, index, width }: TileName): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const last = groups.pop() ?? '000';
  const path = ['tile', String(level), ...groups.map((group) => `x${group}`), last].join('/');
  return width === tileWidth ? path : `${path}.p/${width}`;
}

const pathPattern =
  /^tile\/(entries|0|[1-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Undefined for every text that `tilePath` could not have made. */
export function parseTilePath(path: string): TileName | undefined {
  const [, level = '', groups = '', last = '', partial] = pathPattern.exec(path) ?? [];
  if (level === '') return undefined;
  const index = Number(groups.replaceAll(/[x/]/g, '') + last);
  const width = partial === undefined ? tileWidth : Number(partial);
  const name: TileName = { level: level === 'entries' ? level : Number(level), index, width };
  if (!Number.isSafeInteger(index) || (partial !== undefined && width >= tileWidth)) return undefined;
  return tilePath(name) === path ? name : undefined;
}
