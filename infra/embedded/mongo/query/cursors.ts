import { randomBytes } from 'node:crypto';
import { CommandError } from '../errors.js';

/** A result is read from a generator; `undefined` only says that work was done and others may have a turn. */
export type DocumentStream = Generator<Buffer | undefined>;

export const LARGEST_BATCH = 16 * 1024 * 1024;
const IDLE_MS = 10 * 60 * 1000;
const TURN_MS = 8;

export interface Batch {
  readonly documents: Buffer[];
  readonly exhausted: boolean;
}

/** What is left of a result between two batches. It holds no snapshot: see `entriesIn`. */
export class ServerCursor {
  private held: Buffer | undefined;
  lastUsed = Date.now();
  pinned = false;

  constructor(
    readonly namespace: string,
    readonly session: string | undefined,
    readonly neverTimesOut: boolean,
    private readonly stream: DocumentStream,
  ) {}

  /** A cursor belongs to the session it was opened in, and without one to none. */
  requireSession(session: string | undefined): void {
    if (session === this.session) return;
    const code = this.session === undefined ? 50736 : session === undefined ? 50737 : 50738;
    throw new CommandError(code, 'Cannot run getMore on a cursor which was created in another session');
  }

  /** Reads up to so many documents, and gives other connections a turn while searching long. */
  async next(most: number, deadline = Infinity): Promise<Batch> {
    const documents: Buffer[] = [];
    let bytes = 0;
    let turnEnds = Date.now() + TURN_MS;
    let untilLook = 64;
    while (documents.length < most) {
      const document = this.held ?? this.pull();
      this.held = undefined;
      if (document === null) return { documents, exhausted: true };
      if (document !== undefined) {
        if (bytes + document.length > LARGEST_BATCH && documents.length > 0) {
          this.held = document;
          break;
        }
        bytes += document.length;
        documents.push(document);
      }
      untilLook -= 1;
      if (untilLook > 0) continue;
      untilLook = 64;
      const now = Date.now();
      if (now > deadline) throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
      if (now > turnEnds) {
        await new Promise((resolve) => setImmediate(resolve));
        turnEnds = Date.now() + TURN_MS;
      }
    }
    return { documents, exhausted: this.isAtEnd() };
  }

  close(): void {
    this.stream.return(undefined);
  }

  private pull(): Buffer | undefined | null {
    const next = this.stream.next();
    return next.done === true ? null : next.value;
  }

  /** Looks one document ahead where that costs nothing, so that a finished result closes with its last batch. */
  private isAtEnd(): boolean {
    if (this.held !== undefined) return false;
    const next = this.pull();
    if (next === null) return true;
    this.held = next;
    return false;
  }
}

/** The cursors clients may come back to. */
export class Cursors {
  private readonly open = new Map<bigint, ServerCursor>();
  private readonly sweeper = setInterval(() => {
    this.closeIdle(Date.now());
  }, 60_000).unref();

  add(cursor: ServerCursor): bigint {
    const id = randomBytes(8).readBigUInt64LE() >> 1n;
    this.open.set(id, cursor);
    return id;
  }

  find(id: bigint, namespace: string): ServerCursor {
    const cursor = this.open.get(id);
    if (cursor === undefined)
      throw new CommandError('CursorNotFound', `cursor id ${id.toString()} not found`);
    if (cursor.namespace !== namespace) {
      throw new CommandError(
        'Unauthorized',
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    if (cursor.pinned) throw new CommandError('CursorInUse', `cursor id ${id.toString()} is already in use`);
    return cursor;
  }

  kill(id: bigint): boolean {
    const cursor = this.open.get(id);
    if (cursor === undefined) return false;
    this.open.delete(id);
    if (!cursor.pinned) cursor.close();
    return true;
  }

  killOfSession(session: string): void {
    for (const [id, cursor] of this.open) if (cursor.session === session) this.kill(id);
  }

  closeAll(): void {
    clearInterval(this.sweeper);
    for (const id of this.open.keys()) this.kill(id);
  }

  private closeIdle(now: number): void {
    for (const [id, cursor] of this.open) {
      if (!cursor.neverTimesOut && !cursor.pinned && now - cursor.lastUsed > IDLE_MS) this.kill(id);
    }
  }
}
