import { type LogRecord } from './store/record.js';

export type Listener = () => void;

/** Tells subscribers that something was committed: all of `$all`, and those of the streams it went to. */
export class Announcements {
  private readonly all = new Set<Listener>();
  private readonly streams = new Map<string, Set<Listener>>();

  /** Returns what ends the listening. */
  toAll(listener: Listener): () => void {
    this.all.add(listener);
    return () => void this.all.delete(listener);
  }

  toStream(stream: string, listener: Listener): () => void {
    const listeners = this.streams.get(stream) ?? new Set();
    listeners.add(listener);
    this.streams.set(stream, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.streams.get(stream) === listeners) this.streams.delete(stream);
    };
  }

  announce(records: readonly LogRecord[]): void {
    for (const listener of this.all) listener();
    if (this.streams.size === 0) return;
    for (const stream of new Set(records.map((record) => record.stream))) {
      for (const listener of this.streams.get(stream) ?? []) listener();
    }
  }
}
