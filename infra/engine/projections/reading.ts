import type { Lane } from './lane.js';
import { LogReader, type LogReaderPorts } from './log-reader.js';
import { hasReached } from './positions.js';

/**
 * Who reads the log for which lanes: one reader for all that keep up. A lane that joins, or that is stuck and would
 * stop the others as soon as it can hold no more, has a reader of its own until it has caught up.
 */
export class Reading {
  private main: LogReader | undefined;
  private readonly aside = new Map<LogReader, Promise<void> | undefined>();
  private stopped = false;

  constructor(private readonly ports: LogReaderPorts) {}

  /** Why nothing comes from the log; undefined while it does. */
  get fault(): string | undefined {
    return this.main?.fault;
  }

  /** The position that was handed over last. */
  get latest(): bigint | undefined {
    return this.main?.latest;
  }

  /** True while a lane is read for by itself. */
  isAside(lane: Lane): boolean {
    return [...this.aside.keys()].some((reader) => reader.serves(lane));
  }

  /** Reads for some lanes from now on. */
  follow(lanes: readonly Lane[]): void {
    if (this.stopped || lanes.length === 0) return;
    if (this.main && this.main.size > 0) {
      this.followAside(lanes);
      return;
    }
    this.main = new LogReader(this.ports, lanes, (lane, reader) => {
      if (lane.isFull && lane.isStuck && reader.size > 1) this.setAside(lane, reader);
    });
    this.main.start();
  }

  /** No longer reads for a lane. */
  leave(lane: Lane): void {
    for (const reader of [...(this.main ? [this.main] : []), ...this.aside.keys()]) reader.leave(lane);
  }

  /** The lanes must be stopped, or stopping. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([
      this.main?.stop(),
      ...[...this.aside].map(([reader, stopping]) => stopping ?? reader.stop()),
    ]);
  }

  private setAside(lane: Lane, main: LogReader): void {
    if (this.stopped) return;
    main.leave(lane);
    this.followAside([lane]);
    this.ports.logger.warn({ lane: lane.name, reason: lane.fault }, 'a read model is stuck');
  }

  private followAside(lanes: readonly Lane[]): void {
    const reader = new LogReader(this.ports, lanes, (lane) => {
      const { main } = this;
      if (lane.isFull || lane.isStuck || !main || !hasReached(lane.offered, main.latest)) return;
      if (main.size === 0 || !reader.serves(lane)) return;
      reader.leave(lane);
      main.take(lane);
      if (reader.size > 0) return;
      this.aside.set(
        reader,
        reader.stop().then(() => void this.aside.delete(reader)),
      );
    });
    this.aside.set(reader, undefined);
    reader.start();
  }
}
