import { type Refusal } from '../refusals.js';
import { type Origin } from '../subscription-sources.js';
import { Checkpoints } from './checkpoints.js';
import { type ConsumerStrategy } from './consumer-strategy.js';
import { Consumer, type ConsumerCall } from './consumer.js';
import { type GroupDefinition } from './definition.js';
import { type GroupJournal } from './group-journal.js';
import { Intake } from './intake.js';
import { type Message, createMessage } from './message.js';
import { Outstanding } from './outstanding.js';
import { ParkedReplay } from './parked-replay.js';
import { Rate } from './rate.js';
import { groupDropped, tooManySubscribers } from './refusals.js';
import { RetryQueue } from './retry-queue.js';
import { type GroupSource } from './source.js';
import { createStrategy } from './strategies.js';

/** What a consumer may say of a message it could not handle. */
export type NackAction = 'park' | 'retry' | 'skip';

/**
 * One persistent subscription at work. A message is finished when it was acknowledged, skipped, or is parked on the
 * disk; the checkpoint never passes one that is not, so whatever a crash interrupts is given again.
 */
export class Group {
  readonly rate = new Rate();
  readonly intake: Intake;
  readonly outstanding: Outstanding;
  readonly retries = new RetryQueue();
  readonly replay: ParkedReplay;
  readonly checkpoints: Checkpoints;
  private readonly strategy: ConsumerStrategy;
  private readonly connected = new Set<Consumer>();
  private readonly stopListening: () => void;
  private nextTurn: NodeJS.Immediate | undefined;
  private isStopped = false;

  /** @param cursor where the source is to be read from when there is no checkpoint */
  constructor(
    readonly definition: GroupDefinition,
    private readonly origin: Origin,
    source: GroupSource,
    private readonly journal: GroupJournal,
    cursor: number,
  ) {
    const { settings } = definition;
    const checkpoint = journal.checkpoint();
    this.intake = new Intake(origin.store, source, settings, checkpoint ?? cursor);
    this.outstanding = new Outstanding(settings.messageTimeout);
    this.replay = new ParkedReplay(journal);
    this.checkpoints = new Checkpoints(journal, settings, checkpoint);
    this.strategy = createStrategy(settings.strategy);
    this.stopListening = source.listen(() => this.wake());
    this.wake();
  }

  get consumers(): ReadonlySet<Consumer> {
    return this.connected;
  }

  connect(call: ConsumerCall): Consumer {
    const { maxSubscriberCount, extraStatistics } = this.definition.settings;
    if (maxSubscriberCount !== 0 && this.connected.size >= maxSubscriberCount) {
      throw tooManySubscribers(this.definition);
    }
    const consumer = new Consumer(call, extraStatistics);
    this.connected.add(consumer);
    this.strategy.add(consumer);
    this.wake();
    return consumer;
  }

  /** Takes back what a consumer had not answered when it left. */
  disconnect(consumer: Consumer): void {
    if (!this.connected.delete(consumer)) return;
    this.strategy.remove(consumer);
    if (this.isStopped) return;
    for (const { id } of [...consumer.messages()]) {
      const message = this.outstanding.takeBack(id);
      if (message) this.retry(message);
    }
    this.advance();
  }

  acknowledge(ids: readonly string[]): void {
    if (this.isStopped) return;
    for (const id of ids) {
      const message = this.outstanding.takeBack(id);
      if (message) this.finish(message);
    }
    this.advance();
  }

  refuse(ids: readonly string[], action: NackAction, reason: string): void {
    if (this.isStopped) return;
    for (const id of ids) {
      const message = this.outstanding.takeBack(id);
      if (!message) continue;
      if (action === 'skip') this.finish(message);
      else if (action === 'park') this.park(message, `Client explicitly NAK'ed message.\n${reason}`);
      else this.retryOrPark(message);
    }
    this.advance();
  }

  replayParked(stopAt: bigint | undefined): void {
    this.replay.begin(stopAt);
    this.advance();
  }

  /** Called once a second. */
  tick(): void {
    for (const message of this.outstanding.expired()) {
      this.outstanding.takeBack(message.id);
      this.retryOrPark(message);
    }
    this.advance();
    this.checkpoints.consider(this.intake.progress, true);
    this.replay.hideFinished();
  }

  /** Ends the work and tells every consumer so. Nothing is written any more once this returns. */
  stop(reason: Refusal = groupDropped(this.definition)): void {
    this.isStopped = true;
    this.stopListening();
    this.checkpoints.stop();
    clearImmediate(this.nextTurn);
    for (const consumer of this.connected) consumer.call.drop(reason);
    this.connected.clear();
  }

  private wake(): void {
    if (this.isStopped) return;
    this.nextTurn ??= setImmediate(() => {
      this.nextTurn = undefined;
      this.advance();
    });
  }

  private advance(): void {
    if (this.isStopped) return;
    let isMoreWaiting = this.intake.fill();
    this.fillRetries();
    this.push();
    isMoreWaiting ||= this.intake.fill();
    this.checkpoints.consider(this.intake.progress, false);
    if (isMoreWaiting) this.wake();
  }

  private fillRetries(): void {
    const { historyBufferSize, readBatchSize } = this.definition.settings;
    while (this.replay.isUnderWay && this.retries.messages.length < historyBufferSize) {
      for (const record of this.replay.take(readBatchSize)) {
        const origin = { kind: 'parked', revision: record.revision } as const;
        this.retries.add(createMessage(this.origin.store, record, origin, true));
      }
    }
  }

  private push(): void {
    if (!this.pushFrom(this.retries.messages, () => {})) return;
    this.pushFrom(this.intake.buffer, (message) => this.intake.took(message));
  }

  /** Gives away what it can and takes it out of the list; false when nobody has room. */
  private pushFrom(messages: Message[], took: (message: Message) => void): boolean {
    let index = 0;
    while (index < messages.length) {
      const message = messages[index];
      if (!message) break;
      const consumer = this.choose(message);
      if (consumer === 'full') return false;
      if (consumer === 'held') {
        index++;
        continue;
      }
      messages.splice(index, 1);
      took(message);
      this.rate.count();
      this.outstanding.give(message, consumer);
    }
    return true;
  }

  /** Consumers answer with the id alone, so two events of one id are never out at the same time. */
  private choose(message: Message): Consumer | 'held' | 'full' {
    return this.outstanding.has(message.id) ? 'held' : this.strategy.choose(message);
  }

  private retryOrPark(message: Message): void {
    const { maxRetryCount } = this.definition.settings;
    if (message.retryCount < maxRetryCount) this.retry(message);
    else this.park(message, `Reached retry count of ${maxRetryCount}`);
  }

  private retry(message: Message): void {
    this.retries.add({ ...message, retryCount: message.retryCount + 1 });
  }

  private park(message: Message, reason: string): void {
    this.journal.park(message, reason).then(
      () => {
        if (this.isStopped) return;
        this.finish(message);
        this.advance();
      },
      // Not parked is not finished: somebody gets it again.
      () => this.retries.add(message),
    );
  }

  private finish({ origin }: Message): void {
    if (origin.kind === 'source') this.intake.finish(origin.sequence);
    else this.replay.finish(origin.revision);
  }
}
