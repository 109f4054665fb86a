import { CommandError } from '../errors.js';
import { type Environment } from './environment.js';

const HEADER = 16;
/** As long as a session lives on the server. */
const KEPT_MS = 30 * 60 * 1000;
const FORGET_EVERY = 10_000;

export interface StatementId {
  readonly session: Buffer;
  readonly number: bigint;
}

/**
 * The answer to the last numbered write of each session, stored in the transaction of that write: a retry
 * after a crash gets the first answer and changes nothing.
 */
export class RetryableWrites {
  private sinceForgetting = 0;

  constructor(private readonly environment: Environment) {}

  /** The stored answer if this write was done before. */
  answered(id: StatementId): Buffer | undefined {
    const record = this.environment.retries.get(id.session);
    if (record === undefined) return undefined;
    const last = record.readBigInt64LE(0);
    if (last > id.number) {
      throw new CommandError(
        'TransactionTooOld',
        `Retryable write with txnNumber ${id.number.toString()} is prohibited because a newer one with txnNumber ${last.toString()} has already started on this session.`,
      );
    }
    return last === id.number ? record.subarray(HEADER) : undefined;
  }

  remember(id: StatementId, answer: Buffer, now: number): void {
    const record = Buffer.allocUnsafe(HEADER + answer.length);
    record.writeBigInt64LE(id.number, 0);
    record.writeDoubleLE(now, 8);
    answer.copy(record, HEADER);
    this.environment.space.count(record.length);
    void this.environment.retries.put(id.session, record);
    this.sinceForgetting += 1;
    if (this.sinceForgetting >= FORGET_EVERY) this.forgetOld(now);
  }

  forgetOld(now: number): void {
    this.sinceForgetting = 0;
    const old: Buffer[] = [];
    for (const { key, value } of this.environment.retries.getRange({})) {
      if (now - value.readDoubleLE(8) > KEPT_MS) old.push(key);
    }
    for (const key of old) {
      this.environment.space.count(0);
      void this.environment.retries.remove(key);
    }
  }
}
