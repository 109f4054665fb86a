import { Rejected } from '../../../kernel/errors.js';

/** A trade, or a change of one, by the keys of its own id and of the one that it speaks of. */
export interface KeyedTrade {
  readonly key: string;
  /** It was sent again (PossDupFlag). */
  readonly resent: boolean;
}

export interface KeyedChange extends KeyedTrade {
  readonly change: 'cancel' | 'correct';
  readonly reference: string;
}

export type TradeOutcome = 'row' | 'repeated' | 'cancelled' | 'corrected';
export type ChangeOutcome = 'row' | 'applied' | 'repeated' | 'unknown-reference';

const mostChanges = 1_000_000;

/**
 * Cancels and corrections of one file. It is read twice: the first reading notes the changes alone, the second one asks
 * of each trade and each change what becomes of it. So what is kept is bounded by the changes and the messages sent
 * again (a few hundred bytes each, at most a million), never by the trades.
 *
 * Whatever speaks of the same execution, directly or through its corrections, is one chain; its last change decides.
 */
export class ExecutionChanges {
  /** What a correction corrects, by its own key. */
  private readonly corrected = new Map<string, string>();
  private readonly noted: { readonly reference: string; readonly change: 'cancel' | 'correct' }[] = [];
  private readonly notedKeys = new Set<string>();
  /** Executions that changes speak of: whether one was met. */
  private readonly met = new Map<string, boolean>();
  private readonly resentKeys = new Map<string, boolean>();
  private last: Map<string, number> | undefined;
  private readonly askedKeys = new Set<string>();
  private asked = 0;

  /** First reading. @throws Rejected when there are too many */
  noteChange({ key, reference, change, resent }: KeyedChange): void {
    if (resent && this.notedKeys.has(key)) return;
    if (this.noted.length === mostChanges)
      throw new Rejected(
        'reconciliation.unreadable-upload',
        `the file holds more than ${mostChanges} cancels and corrections; it is to be sent in parts`,
      );
    this.notedKeys.add(key);
    this.noted.push({ reference, change });
    if (!this.met.has(reference)) this.met.set(reference, false);
    if (change === 'correct' && key !== reference) this.corrected.set(key, reference);
  }

  /** First reading: whether an execution that comes later may be one that a change speaks of. */
  get isAwaiting(): boolean {
    return this.noted.length > 0;
  }

  /** First reading. */
  noteTrade({ key, resent }: KeyedTrade): void {
    if (this.met.has(key)) this.met.set(key, true);
    if (resent) this.resentKeys.set(key, false);
  }

  /** Second reading. */
  outcomeOfTrade({ key, resent }: KeyedTrade): TradeOutcome {
    const before = this.resentKeys.get(key);
    if (before !== undefined) {
      if (before && resent) return 'repeated';
      this.resentKeys.set(key, true);
    }
    const last = this.lastChanges().get(key);
    if (last === undefined) return 'row';
    this.met.set(key, true);
    return this.noted[last]?.change === 'cancel' ? 'cancelled' : 'corrected';
  }

  /** Second reading: in the same order as in the first one. */
  outcomeOfChange({ key, reference, change, resent }: KeyedChange): ChangeOutcome {
    if (resent && this.askedKeys.has(key)) return 'repeated';
    this.askedKeys.add(key);
    const ordinal = this.asked;
    this.asked += 1;
    const last = this.lastChanges();
    const root = this.rootOf(reference);
    if (this.met.get(root) !== true) return 'unknown-reference';
    return change === 'correct' && last.get(root) === ordinal ? 'row' : 'applied';
  }

  private lastChanges(): ReadonlyMap<string, number> {
    if (this.last === undefined) {
      this.last = new Map();
      for (const [ordinal, { reference }] of this.noted.entries())
        this.last.set(this.rootOf(reference), ordinal);
    }
    return this.last;
  }

  /** The execution at the beginning of a chain. Ways are shortened as they are gone, and circles are cut. */
  private rootOf(key: string): string {
    const way: string[] = [];
    const passed = new Set<string>();
    let root = key;
    for (let next = this.corrected.get(root); next !== undefined; next = this.corrected.get(root)) {
      way.push(root);
      passed.add(root);
      root = next;
      if (passed.has(root)) break;
    }
    for (const one of way) if (one !== root) this.corrected.set(one, root);
    return root;
  }
}
