import { type LogRecord } from './record.js';

const MOST_RECORDS = 4096;
const MOST_BYTES = 8 * 1024 * 1024;

/** The newest events of the log, kept in memory for the subscribers that follow it closely. */
export class NewestRecords {
  private records: LogRecord[] = [];
  private bytes = 0;

  /** @param floor every event above this position is kept here */
  constructor(private floor: number) {}

  add(records: readonly LogRecord[]): void {
    for (const record of records) {
      this.records.push(record);
      this.bytes += record.bytes.length;
    }
    // Forgetting half at a time keeps the cost of moving the rest small.
    if (this.records.length > MOST_RECORDS || this.bytes > MOST_BYTES) this.forget(this.records.length >> 1);
  }

  /** The events behind a position, or undefined when some of them are no longer kept. */
  after(position: number, limit: number): readonly LogRecord[] | undefined {
    if (position < this.floor) return undefined;
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.records[middle]?.position ?? Infinity) <= position) low = middle + 1;
      else high = middle;
    }
    return this.records.slice(low, low + limit);
  }

  private forget(count: number): void {
    const forgotten = this.records.slice(0, count);
    this.records = this.records.slice(count);
    for (const record of forgotten) this.bytes -= record.bytes.length;
    this.floor = forgotten.at(-1)?.position ?? this.floor;
  }
}
