import { type Store } from '../store/store.js';
import { type GroupSettings } from './definition.js';
import { type Message, createMessage } from './message.js';
import { type GroupSource } from './source.js';
import { type Progress, Unfinished } from './unfinished.js';

/** How many pages are read before others get their turn. */
const PAGES_A_TURN = 8;
const LARGEST_PAGE = 256;

/**
 * Takes events from the source of a group as far as its buffers allow. Behind, it reads batches into the history
 * buffer; live, it takes what comes into the live buffer, and falls behind when that is full.
 */
export class Intake {
  readonly buffer: Message[] = [];
  private readonly unfinished = new Unfinished();
  private isAtEnd = false;
  private live = 0;
  private lastWanted: number | undefined;

  constructor(
    private readonly store: Store,
    private readonly source: GroupSource,
    private readonly settings: GroupSettings,
    private cursor: number,
  ) {}

  get isLive(): boolean {
    return this.isAtEnd;
  }

  get liveCount(): number {
    return this.live;
  }

  get readCount(): number {
    return this.buffer.length - this.live;
  }

  /** The last event that the group was to have. */
  get lastKnown(): number | undefined {
    return this.lastWanted;
  }

  get progress(): Progress {
    return this.unfinished.progress(this.cursor);
  }

  /** Takes what there is room for; true when it stopped only to let others have their turn. */
  fill(): boolean {
    for (let pages = 0; pages < PAGES_A_TURN; pages++) {
      const limit = Math.min(this.room(), LARGEST_PAGE);
      if (limit <= 0) return false;
      const page = this.source.after(this.cursor, limit);
      if (page.cursor === this.cursor) {
        this.isAtEnd = true;
        return false;
      }
      for (const record of page.records) {
        const cursorBefore = this.cursor;
        this.cursor = this.source.cursorOf(record);
        const verdict = this.source.judge(record);
        if (verdict === 'unwanted') this.unfinished.pass();
        if (verdict !== 'wanted') continue;
        const isLive = this.isAtEnd;
        const origin = { kind: 'source', sequence: this.unfinished.begin(cursorBefore), isLive } as const;
        this.buffer.push(createMessage(this.store, record, origin, this.settings.resolveLinks));
        if (isLive) this.live++;
        this.lastWanted = this.cursor;
      }
      this.cursor = page.cursor;
    }
    return true;
  }

  /** Called with what was taken out of the buffer. */
  took({ origin }: Message): void {
    if (origin.kind === 'source' && origin.isLive) this.live--;
  }

  finish(sequence: number): void {
    this.unfinished.finish(sequence);
  }

  private room(): number {
    const { liveBufferSize, historyBufferSize, readBatchSize } = this.settings;
    if (this.isAtEnd) {
      const room = liveBufferSize - this.live;
      if (room > 0) return room;
      // With a full buffer the group has fallen behind as soon as one more event waits.
      this.isAtEnd = this.source.after(this.cursor, 1).cursor === this.cursor;
      if (this.isAtEnd) return 0;
    }
    return historyBufferSize - this.readCount >= readBatchSize ? readBatchSize : 0;
  }
}
