import { type ServerWritableStream } from '@grpc/grpc-js';
import { type ReadRequest } from './wire/read-request.js';

/** The way to one reader: it takes answers as fast as the reader does and knows when the reader has gone. */
export class Outlet {
  private gone = false;
  private proceed: (() => void) | undefined;

  constructor(private readonly call: ServerWritableStream<ReadRequest, Buffer>) {
    const leave = (): void => {
      this.gone = true;
      this.wake();
    };
    call.on('cancelled', leave);
    call.on('close', leave);
    call.on('error', leave);
    call.on('drain', () => this.wake());
    if (call.cancelled) this.gone = true;
  }

  get isGone(): boolean {
    return this.gone;
  }

  /** Hands over an answer; false when the next one should wait for `ready`. */
  send(answer: Buffer): boolean {
    return this.gone || this.call.write(answer);
  }

  /** Resolves when the reader has taken enough, or has gone. */
  async ready(): Promise<void> {
    // News wakes a waiting reader as well, so the wait goes on until there is room.
    while (!this.gone && this.call.writableNeedDrain) await this.pause();
  }

  /** Resolves when the reader has gone or somebody calls `wake`. */
  pause(): Promise<void> {
    return new Promise((resolve) => {
      if (this.gone) resolve();
      else this.proceed = resolve;
    });
  }

  wake(): void {
    const proceed = this.proceed;
    this.proceed = undefined;
    proceed?.();
  }
}
