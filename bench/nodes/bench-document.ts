/** About 550 bytes as BSON. */
export interface BenchDocument {
  readonly _id: string;
  /** Indexed. */
  readonly serial: number;
  readonly text: string;
}

const TEXT = 'a quick brown fox jumps over the lazy dog; '.repeat(12).slice(0, 500);

export function benchDocument(_id: string, serial: number): BenchDocument {
  return { _id, serial, text: TEXT };
}
