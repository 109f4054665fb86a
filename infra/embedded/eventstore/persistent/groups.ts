import { createFilter } from '../filter.js';
import { isSoftDeleted } from '../store/head.js';
import { type Transaction } from '../store/transaction.js';
import { type Writer } from '../store/writer.js';
import { type Origin } from '../subscription-sources.js';
import { type GroupDefinition, type GroupName, flawOf, keyOf } from './definition.js';
import { GroupJournal, appendKeepingNewest, requireAppended, systemEvent } from './group-journal.js';
import { Group } from './group.js';
import { groupDoesNotExist, groupExists, groupFailed } from './refusals.js';
import { createSource } from './source.js';
import {
  CONFIGURATION_STREAM,
  CONFIGURATION_TYPE,
  type StoredDefinition,
  decodeDefinitions,
  encodeDefinitions,
} from './stored-definitions.js';

const TICK_MS = 1000;

/** All persistent subscriptions of a node. Their definitions are on the disk before anybody hears of them. */
export class Groups {
  private stored: readonly StoredDefinition[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly timer: NodeJS.Timeout;
  /** Changes are made one after the other. */
  private lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly origin: Origin,
    private readonly writer: Writer,
  ) {
    this.load();
    this.timer = setInterval(() => {
      for (const group of this.groups.values()) group.tick();
    }, TICK_MS);
    this.timer.unref();
  }

  /** @throws Refusal when there is no such group */
  get(name: GroupName): Group {
    const group = this.groups.get(keyOf(name));
    if (!group) throw groupDoesNotExist(name);
    return group;
  }

  /** All groups in the order of their keys. */
  get all(): readonly Group[] {
    return [...this.groups.keys()].sort().flatMap((key) => this.groups.get(key) ?? []);
  }

  create(definition: GroupDefinition): Promise<void> {
    return this.change(async () => {
      this.requireSound(definition);
      if (this.groups.has(keyOf(definition))) throw groupExists(definition);
      const stored = { ...definition, endWas: this.endFor(definition) };
      await this.store([...this.stored, stored]);
      this.open(stored);
    });
  }

  /** Changes the settings of a group; its filter, checkpoint and parked messages stay. */
  update(changed: GroupDefinition): Promise<void> {
    return this.change(async () => {
      const before = this.get(changed).definition;
      const definition = { ...changed, filter: before.filter };
      this.requireSound(definition);
      const old = this.stored.find((stored) => keyOf(stored) === keyOf(changed));
      const endWas = definition.start === 'end' ? (old?.endWas ?? this.endFor(definition)) : undefined;
      const stored = { ...definition, endWas };
      await this.replace(definition, (kept) => [...kept, stored]);
    });
  }

  delete(name: GroupName): Promise<void> {
    return this.change(async () => {
      this.get(name);
      await this.replace(
        name,
        (kept) => kept,
        (transaction) => this.journalOf(name).erase(transaction),
      );
    });
  }

  /** Begins again with what is on the disk. */
  restart(): Promise<void> {
    return this.change(() => {
      this.stop();
      this.load();
      return Promise.resolve();
    });
  }

  close(): void {
    clearInterval(this.timer);
    this.stop();
  }

  private stop(): void {
    for (const group of this.groups.values()) group.stop();
    this.groups.clear();
  }

  private load(): void {
    const head = this.origin.store.head(CONFIGURATION_STREAM);
    const newest =
      head && !isSoftDeleted(head) ? this.origin.store.recordAt(head.number, head.last) : undefined;
    this.stored = newest ? decodeDefinitions(newest.data) : [];
    for (const definition of this.stored) {
      // A definition that somebody wrote by hand and that cannot work is passed over, as the server does.
      try {
        this.requireSound(definition);
      } catch {
        continue;
      }
      this.open(definition);
    }
  }

  private open(definition: StoredDefinition): void {
    const source = createSource(this.origin, definition);
    const { start, endWas } = definition;
    const cursor =
      start === 'start' ? -1 : start === 'end' ? (endWas ?? source.end()) : Number(start.commit) - 1;
    const group = new Group(definition, this.origin, source, this.journalOf(definition), cursor);
    this.groups.set(keyOf(definition), group);
  }

  /** Ends a group, writes the definitions without it and with what `change` adds, and begins again from the disk. */
  private async replace(
    name: GroupName,
    change: (kept: readonly StoredDefinition[]) => readonly StoredDefinition[],
    also: (transaction: Transaction) => void = () => {},
  ): Promise<void> {
    const key = keyOf(name);
    // Stopped first, so that nothing of the old one is written behind the change.
    this.get(name).stop();
    this.groups.delete(key);
    try {
      await this.store(change(this.stored.filter((stored) => keyOf(stored) !== key)), also);
    } finally {
      const stored = this.stored.find((definition) => keyOf(definition) === key);
      if (stored) this.open(stored);
    }
  }

  private async store(
    definitions: readonly StoredDefinition[],
    also: (transaction: Transaction) => void = () => {},
  ): Promise<void> {
    const outcome = await this.writer.submit((transaction) => {
      const data = encodeDefinitions(definitions, new Date(transaction.now));
      const event = systemEvent(CONFIGURATION_TYPE, data);
      const appended = appendKeepingNewest(transaction, CONFIGURATION_STREAM, event);
      if (appended.kind === 'appended') also(transaction);
      return appended;
    });
    requireAppended(outcome, CONFIGURATION_STREAM);
    this.stored = definitions;
  }

  private requireSound(definition: GroupDefinition): void {
    const flaw = flawOf(definition, this.origin.end());
    if (flaw !== undefined) throw groupFailed(definition, flaw);
    if (definition.filter) createFilter(definition.filter);
  }

  private endFor(definition: GroupDefinition): number | undefined {
    return definition.start === 'end' ? createSource(this.origin, definition).end() : undefined;
  }

  private journalOf(name: GroupName): GroupJournal {
    return new GroupJournal(this.origin.store, this.writer, name);
  }

  private change(make: () => Promise<void>): Promise<void> {
    const made = this.lastChange.then(make);
    this.lastChange = made.catch(() => {});
    return made;
  }
}
