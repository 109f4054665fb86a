import type { StreamName } from '../../../domain/kernel/names.js';
import type { EventToAppend, ExpectedRevision, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import type { Seal } from '../sealing/seal-events.js';
import type { World } from './world.js';

/** What a step does to what sealers share; what it reads of its own tiles behind that belongs to it. */
export type Step = 'read' | 'append' | 'tiles' | 'publish';

/** Whether two steps of two sealers come to the same in either order. */
export function commute(one: Step, other: Step): boolean {
  if (one === other) return one === 'read';
  const both = [one, other];
  return !(both.includes('append') && both.includes('read'));
}

/** A sealer whose every step waits to be allowed: it reads, declares, writes, seals or publishes only then. */
export class SteppedSealer {
  /** What ended it that should not have. */
  readonly incidents: unknown[] = [];
  /** What it is about to do; undefined once it has ended. */
  pending: Step | undefined;
  private next: (() => void) | undefined;
  private ended = false;
  private isOpen = false;
  private settle: () => void = () => undefined;
  private settled: Promise<void>;

  /** @param turns it ends after so many, or when nothing is new */
  constructor(
    private readonly world: World,
    filter: string,
    private readonly turns: number,
  ) {
    this.settled = new Promise((resolve) => (this.settle = resolve));
    void this.run(filter);
  }

  /** Resolves when it waits, or has ended. */
  async quiet(): Promise<void> {
    await this.settled;
  }

  /** Lets the next step go, and whatever follows from it up to the one after. */
  async step(): Promise<void> {
    const go = this.next;
    if (!go) return;
    this.next = undefined;
    this.pending = undefined;
    this.settled = new Promise((resolve) => (this.settle = resolve));
    go();
    await this.settled;
  }

  /** From here on nothing holds it. */
  async open(): Promise<void> {
    this.isOpen = true;
    this.next?.();
    this.next = undefined;
    while (!this.ended) await new Promise((resume) => setImmediate(resume));
  }

  private async run(filter: string): Promise<void> {
    const { world } = this;
    const before = <Given extends readonly unknown[], Result>(
      step: Step,
      work: (...given: Given) => Promise<Result>,
    ): ((...given: Given) => Promise<Result>) => {
      return async (...given) => {
        await this.pass(step);
        return work(...given);
      };
    };
    const log = Object.create(world.log, {
      append: {
        value: before(
          'append',
          (stream: StreamName, expected: ExpectedRevision, events: readonly EventToAppend[]) =>
            world.log.append(stream, expected, events),
        ),
      },
      readLast: { value: before('read', (stream: string) => world.log.readLast(stream)) },
      readAll: { value: (from?: bigint) => this.readAll(from) },
    }) as InMemoryEventLog;
    const tiles = {
      read: (path: string) => world.tiles.read(path),
      write: before('tiles', (files: ReadonlyMap<string, Uint8Array>) => world.tiles.write(files)),
    };
    const publish = before('publish', (seal: Seal) => Promise.resolve(void world.published.push(seal)));
    const sealer = world.sealer({ log, tiles, filter, publish });
    for (let turns = 0; turns < this.turns; turns++) {
      try {
        if ((await sealer.turn()).kind === 'nothingNew') break;
      } catch (error) {
        this.incidents.push(error);
        break;
      }
    }
    this.ended = true;
    this.pending = undefined;
    this.settle();
  }

  private async *readAll(from?: bigint): AsyncIterable<StoredEvent> {
    await this.pass('read');
    yield* this.world.log.readAll(from);
  }

  private pass(step: Step): Promise<void> {
    this.pending = step;
    if (this.isOpen) return Promise.resolve();
    return new Promise((go) => {
      this.next = go;
      this.settle();
    });
  }
}
