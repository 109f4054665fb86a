import { type TradeRecord } from '../trade-record.js';

/** What records are found by. */
export interface RecordKey {
  /** 32 bits: equal for records of the same key, and seldom for others; undefined for a record without the key. */
  readonly hash: (record: TradeRecord) => number | undefined;
  readonly isSame: (left: TradeRecord, right: TradeRecord) => boolean;
}

const none = -1;

/**
 * The rows of a book by a key. A map of the keys as texts would weigh more than the records do: this is twelve to
 * sixteen bytes a row.
 */
export class RecordIndex {
  private readonly hashes: Uint32Array;
  /** Of each slot: the first of its rows. */
  private readonly firsts: Int32Array;
  /** Of each row: the next one of its slot. */
  private readonly nexts: Int32Array;
  private readonly mask: number;

  /** @param taken rows that are left out, marked by 1 */
  constructor(
    private readonly records: readonly TradeRecord[],
    private readonly key: RecordKey,
    taken?: Uint8Array,
  ) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, records.length)));
    this.hashes = new Uint32Array(records.length);
    this.firsts = new Int32Array(slots).fill(none);
    this.nexts = new Int32Array(records.length).fill(none);
    this.mask = slots - 1;
    // From the last one on: so the rows of a slot stand in their order.
    for (let row = records.length - 1; row >= 0; row -= 1) {
      const record = records[row];
      const hash = record === undefined || taken?.[row] === 1 ? undefined : key.hash(record);
      if (hash === undefined) continue;
      const slot = hash & this.mask;
      this.hashes[row] = hash;
      this.nexts[row] = this.firsts[slot] ?? none;
      this.firsts[slot] = row;
    }
  }

  /** Whether a row is in the index, and the first of its key. */
  isFirst(row: number): boolean {
    const [record, hash] = [this.records[row], this.hashOf(row)];
    return record !== undefined && this.sameFrom(this.firsts[hash & this.mask], record, hash) === row;
  }

  /** Of a row that is in the index. */
  hashOf(row: number): number {
    return this.hashes[row] ?? 0;
  }

  /** The rows with the key of a record of either book, in their order. @param hash of its key */
  rowsLike(record: TradeRecord, hash: number): number[] {
    const rows: number[] = [];
    let row = this.sameFrom(this.firsts[hash & this.mask], record, hash);
    for (; row !== none; row = this.sameFrom(this.nexts[row], record, hash)) rows.push(row);
    return rows;
  }

  private sameFrom(start: number | undefined, record: TradeRecord, hash: number): number {
    for (let row = start ?? none; row !== none; row = this.nexts[row] ?? none) {
      if (this.hashes[row] !== hash) continue;
      const other = this.records[row];
      if (other !== undefined && (other === record || this.key.isSame(other, record))) return row;
    }
    return none;
  }
}
