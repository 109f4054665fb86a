import type { JsonObject } from '../../domain/kernel/json.js';
import { Journal } from '../../infra/embedded/crash/journal.js';
import type { Effect } from './effects.js';

/** What a command was answered with, as far as it names an event. */
export interface Acknowledged {
  readonly stream: string;
  /** Decimal. */
  readonly revision: string;
  /** Decimal. */
  readonly position: string;
  readonly hash: string;
}

export type Entry = { readonly key: string; readonly effect: Effect } & (
  | { readonly outcome: 'accepted'; readonly answer: Acknowledged }
  | { readonly outcome: 'refused'; readonly code: string }
);

/** What clients were told, on this process's own disk before it counts; and what they asked without an answer yet. */
export class Acknowledgements {
  /** What was answered otherwise than before, or as it must not be. */
  readonly contradictions: string[] = [];
  private readonly told = new Map<string, Entry>();
  private readonly asked = new Map<string, Effect>();

  private constructor(private readonly journal: Journal<Entry>) {}

  static async open(path: string): Promise<Acknowledgements> {
    return new Acknowledgements(await Journal.open<Entry>(path));
  }

  get count(): number {
    return this.told.size;
  }

  /** How many were accepted, by the type of the event. */
  get accepted(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { outcome, effect } of this.told.values())
      if (outcome === 'accepted') counts.set(effect.type, (counts.get(effect.type) ?? 0) + 1);
    return counts;
  }

  ask(key: string, effect: Effect): void {
    this.asked.set(key, effect);
  }

  /** Resolves when it counts. */
  async record(entry: Entry): Promise<void> {
    const before = this.told.get(entry.key);
    if (!before) await this.journal.record(entry);
    const known = this.told.get(entry.key);
    if (known) this.compare(known, entry);
    else this.told.set(entry.key, entry);
  }

  /** As they are on the disk. */
  entries(): Promise<Entry[]> {
    return this.journal.entries();
  }

  /** Those that nobody was told of: each may have happened, once. */
  get unanswered(): readonly Effect[] {
    return [...this.asked].filter(([key]) => !this.told.has(key)).map(([, effect]) => effect);
  }

  close(): Promise<void> {
    return this.journal.close();
  }

  private compare(known: Entry, entry: Entry): void {
    if (JSON.stringify(known) === JSON.stringify(entry)) return;
    this.contradictions.push(
      `the key ${entry.key} was answered ${JSON.stringify(known)}, and then ${JSON.stringify(entry)}`,
    );
  }
}

/** @returns undefined where the answer names no event */
export function acknowledgedIn(body: JsonObject): Acknowledged | undefined {
  const { stream, revision, position, hash } = body;
  return typeof stream === 'string' &&
    typeof revision === 'string' &&
    typeof position === 'string' &&
    typeof hash === 'string'
    ? { stream, revision, position, hash }
    : undefined;
}
