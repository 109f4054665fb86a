import { type ServerDuplexStream } from '@grpc/grpc-js';
import { append } from './append.js';
import { type Writer } from './store/writer.js';
import { type BatchFailure, encodeBatchFailure, encodeBatchSuccess } from './wire/append-response.js';
import {
  type AppendOptions,
  type BatchAppendRequest,
  type Flaw,
  type ProposedMessage,
} from './wire/append-request.js';

interface Collected {
  readonly correlation: Buffer;
  readonly options: AppendOptions;
  readonly messages: ProposedMessage[];
  size: number;
}

/** The longest a timer can wait. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** One stream of batch appends: requests are collected by correlation id and answered in any order. */
export class BatchAppendCall {
  private readonly collecting = new Map<string, Collected>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private unanswered = 0;
  private hasEnded = false;
  private isGone = false;

  constructor(
    private readonly call: ServerDuplexStream<BatchAppendRequest, Buffer>,
    private readonly writer: Writer,
    private readonly maxAppendSize: number,
  ) {
    call.on('data', (request: BatchAppendRequest) => this.collect(request));
    call.on('end', () => {
      this.hasEnded = true;
      this.endWhenAnswered();
    });
    call.on('cancelled', () => this.leave());
    call.on('error', () => this.leave());
  }

  private collect(request: BatchAppendRequest): void {
    const key = request.correlation.toString('latin1');
    let collected = this.collecting.get(key);
    if (!collected) {
      if (!request.options) {
        this.fail(request.correlation, '', { kind: 'bad request', reason: 'The options are missing.' });
        return;
      }
      collected = { correlation: request.correlation, options: request.options, messages: [], size: 0 };
      this.collecting.set(key, collected);
    }
    for (const message of request.messages) {
      collected.size += message.event.data.length;
      // What is over the limit is counted, not kept.
      if (collected.size <= this.maxAppendSize) collected.messages.push(message);
    }
    if (!request.isFinal) return;
    this.collecting.delete(key);
    void this.append(collected);
  }

  private async append({ correlation, options, messages, size }: Collected): Promise<void> {
    const { stream, expected, deadline } = options;
    const flaw = messages.find((message) => message.flaw !== undefined)?.flaw;
    if (stream === '' || flaw !== undefined) {
      this.fail(correlation, stream, { kind: 'bad request', reason: flaw ?? 'no stream name' });
      if (flaw !== undefined && isAnsweredTwice(flaw)) this.timeOut(correlation, stream, deadline);
      return;
    }
    if (size > this.maxAppendSize) {
      this.fail(correlation, stream, { kind: 'too large', maxAppendSize: this.maxAppendSize });
      return;
    }
    this.unanswered++;
    this.answer(await this.outcome(correlation, { stream, expected, deadline }, messages));
    this.unanswered--;
    this.endWhenAnswered();
  }

  private async outcome(
    correlation: Buffer,
    { stream, expected, deadline }: AppendOptions,
    messages: readonly ProposedMessage[],
  ): Promise<Buffer> {
    const command = { stream, expected, events: messages.map((message) => message.event) };
    try {
      const outcome = await this.writer.submit((transaction) =>
        deadline !== undefined && deadline < transaction.now
          ? ({ kind: 'timeout' } as const)
          : append(transaction, command),
      );
      if (outcome.kind === 'appended') return encodeBatchSuccess(correlation, stream, outcome);
      if (outcome.kind !== 'wrong expected revision') return encodeBatchFailure(correlation, stream, outcome);
      return encodeBatchFailure(correlation, stream, { ...outcome, expected });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return encodeBatchFailure(correlation, stream, { kind: 'unknown', reason });
    }
  }

  private fail(correlation: Buffer, stream: string, failure: BatchFailure): void {
    this.answer(encodeBatchFailure(correlation, stream, failure));
  }

  private answer(answer: Buffer): void {
    if (!this.isGone) this.call.write(answer);
  }

  /** The server forgets that it has refused such a request, and refuses it again when its time is over. */
  private timeOut(correlation: Buffer, stream: string, deadline: number | undefined): void {
    if (deadline === undefined) return;
    const wait = Math.min(Math.max(0, deadline - Date.now()), LONGEST_WAIT);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.fail(correlation, stream, { kind: 'timeout' });
    }, wait);
    this.timers.add(timer);
  }

  private endWhenAnswered(): void {
    if (!this.hasEnded || this.unanswered > 0 || this.isGone) return;
    this.leave();
    this.call.end();
  }

  private leave(): void {
    this.isGone = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}

function isAnsweredTwice(flaw: Flaw): boolean {
  return flaw !== 'empty type';
}
