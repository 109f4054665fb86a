import { messageName } from './message-names.js';

/** Messages of a file that are no rows of it: neither accepted nor rejected, and named. */
export interface OtherMessages {
  /** MsgType (35); empty for lines that hold no message. */
  readonly type: string;
  readonly name: string;
  /** Why one of a type that may be a trade is none. */
  readonly detail?: string;
  readonly count: number;
}

const mostKinds = 200;
const longestType = 16;

export class OtherMessageCounts {
  private readonly counts = new Map<string, OtherMessages>();

  message(type: string, detail?: string): void {
    const short = type.slice(0, longestType).replaceAll(/\p{Cc}/gu, '?');
    this.count({ type: short, name: messageName(type), ...(detail !== undefined && { detail }) });
  }

  lineWithoutMessage(): void {
    this.count({ type: '', name: 'lines that hold no message' });
  }

  get all(): readonly OtherMessages[] {
    const keys = [...this.counts.keys()].sort();
    return keys.flatMap((key) => this.counts.get(key) ?? []);
  }

  private count(kind: Omit<OtherMessages, 'count'>): void {
    const key = JSON.stringify([kind.type, kind.detail ?? '']);
    const isKnown = this.counts.has(key) || this.counts.size < mostKinds;
    const counted = isKnown ? kind : { type: '…', name: 'further types of message' };
    const countedKey = isKnown ? key : 'further';
    const count = (this.counts.get(countedKey)?.count ?? 0) + 1;
    this.counts.set(countedKey, { ...counted, count });
  }
}
