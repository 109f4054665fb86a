import { type Socket } from 'node:net';
import { encodeReply, messageLength, parseMessage, type Request } from './wire-message.js';

export type Answer = (request: Request) => Promise<Buffer>;

/** One client: cuts the byte stream into messages and answers them one after the other, in their order. */
export class Connection {
  private chunks: Buffer[] = [];
  private buffered = 0;
  private readonly waiting: Buffer[] = [];
  private busy = false;

  constructor(
    private readonly socket: Socket,
    private readonly answer: Answer,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.receive(chunk);
    });
    // A client that vanishes is no error of ours; 'close' follows.
    socket.on('error', () => {
      socket.destroy();
    });
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    try {
      this.cut();
    } catch {
      this.hangUp();
    }
    void this.work();
  }

  private cut(): void {
    for (;;) {
      const first = this.chunks[0];
      if (first === undefined) return;
      const head = first.length >= 4 ? first : Buffer.concat(this.chunks);
      const length = messageLength(head);
      if (length === undefined || this.buffered < length) return;
      const all = this.chunks.length === 1 ? first : Buffer.concat(this.chunks);
      this.waiting.push(all.subarray(0, length));
      this.buffered -= length;
      this.chunks = this.buffered === 0 ? [] : [all.subarray(length)];
    }
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let bytes = this.waiting.shift(); bytes !== undefined; bytes = this.waiting.shift()) {
        if (this.isGone()) return;
        const request = parseMessage(bytes);
        const reply = await this.answer(request);
        if (request.silent || this.isGone()) continue;
        if (!this.socket.write(encodeReply(request, reply))) await this.drained();
      }
    } catch {
      this.hangUp();
    } finally {
      this.busy = false;
    }
  }

  private isGone(): boolean {
    return this.socket.destroyed;
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('drain', done);
      this.socket.on('close', done);
    });
  }

  /** After bytes that are no message nothing later can be trusted. */
  private hangUp(): void {
    this.chunks = [];
    this.waiting.length = 0;
    this.socket.destroy();
  }
}
