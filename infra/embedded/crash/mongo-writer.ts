import {
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection,
  Long,
  type MongoClient,
} from 'mongodb';
import { type Changes, LOAD_COLLECTION, LOAD_DATABASE, type LoadDocument } from './mongo-journal.js';
import type { SeededRandom } from './random.js';
import type { Round } from './round.js';

export interface LoadTarget {
  readonly client: MongoClient;
  readonly things: Collection<LoadDocument>;
}

export function loadTarget(client: MongoClient): LoadTarget {
  return { client, things: client.db(LOAD_DATABASE).collection<LoadDocument>(LOAD_COLLECTION) };
}

interface Operation {
  readonly changes: Changes;
  perform(target: LoadTarget): Promise<void>;
  /** Numbered, so it is sent again after a crash, and must take effect once. */
  readonly repeats: boolean;
}

/** An answer that contradicts what the node said before. */
class Contradiction extends Error {
  override readonly name = 'Contradiction';
}

/** The only writer of its documents, so it knows what every one of them has to be. */
export class MongoWriter {
  private readonly documents = new Map<string, LoadDocument>();
  private operation: Operation | undefined;
  private session: ClientSession | undefined;
  private made = 0;
  private numbered = 0n;

  constructor(
    private readonly name: string,
    private readonly random: SeededRandom,
    private readonly acknowledge: (changes: Changes) => Promise<void>,
  ) {}

  /** What the write that was under way would make of its documents. */
  get inDoubt(): Changes | undefined {
    return this.operation?.changes;
  }

  /** After a crash: these are the documents it was about as they really are. */
  settle(stored: ReadonlyMap<string, LoadDocument>): Changes {
    const { operation } = this;
    if (!operation) return {};
    const settled = Object.keys(operation.changes).map((id) => [id, stored.get(id) ?? null] as const);
    for (const [id, document] of settled) this.keep(id, document);
    if (!operation.repeats) this.operation = undefined;
    return Object.fromEntries(settled);
  }

  /** @throws Contradiction, and whatever the node refuses while it is alive */
  async write(target: LoadTarget, round: Round): Promise<void> {
    // A session belongs to its client, and the client is kept over the deaths of its node.
    this.session ??= target.client.startSession();
    while (!round.isKilled) {
      const operation = (this.operation ??= this.next(this.session));
      if (!(await round.answerOf(operation.perform(target)))) return;
      await this.acknowledge(operation.changes);
      for (const [id, document] of Object.entries(operation.changes)) this.keep(id, document);
      this.operation = undefined;
      if (this.random.chance(0.05) && !(await round.answerOf(this.collide(target)))) return;
    }
  }

  async close(): Promise<void> {
    await this.session?.endSession();
  }

  private keep(id: string, document: LoadDocument | null): void {
    if (document) this.documents.set(id, document);
    else this.documents.delete(id);
  }

  private next(session: ClientSession): Operation {
    const some = this.random.chance(0.6) ? this.any() : undefined;
    if (!some) return this.random.chance(0.4) ? this.upsertMany() : this.insert();
    const draw = this.random.next();
    if (draw < 0.4) return this.update(some);
    if (draw < 0.6) return this.findAndModify(some);
    return draw < 0.85 ? this.modifyNumbered(some, session) : this.remove(some);
  }

  private any(): LoadDocument | undefined {
    const at = this.random.integer(0, this.documents.size);
    return [...this.documents.values()][at];
  }

  private fresh(_id: string): LoadDocument {
    const tags = Array.from({ length: this.random.integer(0, 4) }, () => `t${this.random.integer(0, 9)}`);
    const length = this.random.chance(0.02) ? 40_000 : this.random.integer(10, 600);
    return {
      ...{ _id, serial: this.serial(), group: this.random.integer(0, 7), tags },
      ...{ version: 0, padding: 'x'.repeat(length) },
    };
  }

  private serial(): string {
    return `${this.name}#${++this.made}`;
  }

  private changed(document: LoadDocument): LoadDocument {
    const { version } = document;
    return { ...document, serial: this.serial(), group: this.random.integer(0, 7), version: version + 1 };
  }

  private insert(): Operation {
    const document = this.fresh(`${this.name}-${++this.made}`);
    const perform = async ({ things }: LoadTarget): Promise<void> => {
      await things.insertOne(document);
    };
    return { changes: { [document._id]: document }, perform, repeats: false };
  }

  private update(before: LoadDocument): Operation {
    const moved = this.changed(before);
    const after = { ...moved, tags: [...before.tags.slice(-5), `t${moved.version % 10}`] };
    const { _id, serial, group, tags } = after;
    const perform = async ({ things }: LoadTarget): Promise<void> => {
      const { matchedCount } = await things.updateOne(
        { _id },
        { $set: { serial, group, tags }, $inc: { version: 1 } },
      );
      if (matchedCount !== 1) throw new Contradiction(`${_id} was acknowledged and is not found`);
    };
    return { changes: { [_id]: after }, perform, repeats: false };
  }

  private findAndModify(before: LoadDocument): Operation {
    const after = this.changed(before);
    const { _id, serial, group } = after;
    const perform = async ({ things }: LoadTarget): Promise<void> => {
      const change = { $set: { serial, group }, $inc: { version: 1 } };
      const found = await things.findOneAndUpdate({ _id }, change, { returnDocument: 'after' });
      if (found?.version !== after.version) throw new Contradiction(`${_id} was changed by nobody`);
    };
    return { changes: { [_id]: after }, perform, repeats: false };
  }

  /** The driver numbers no writes to a standalone, so the number is given by hand. */
  private modifyNumbered(before: LoadDocument, session: ClientSession): Operation {
    const { _id } = before;
    const after = { ...before, version: before.version + 1 };
    const txnNumber = Long.fromBigInt(++this.numbered);
    const perform = async ({ client }: LoadTarget): Promise<void> => {
      const command = {
        ...{ findAndModify: LOAD_COLLECTION, query: { _id }, update: { $inc: { version: 1 } } },
        ...{ new: true, txnNumber },
      };
      const { value } = await client.db(LOAD_DATABASE).command(command, { session });
      const { version } = (value ?? {}) as Partial<LoadDocument>;
      if (version !== after.version)
        throw new Contradiction(`${_id} was counted to ${String(version)}, not ${after.version}`);
    };
    return { changes: { [_id]: after }, perform, repeats: true };
  }

  private remove({ _id }: LoadDocument): Operation {
    const perform = async ({ things }: LoadTarget): Promise<void> => {
      const { deletedCount } = await things.deleteOne({ _id });
      if (deletedCount !== 1) throw new Contradiction(`${_id} was acknowledged and is not found`);
    };
    return { changes: { [_id]: null }, perform, repeats: false };
  }

  /** One bulk of upserts is one command, and so one transaction of the node. */
  private upsertMany(): Operation {
    const known = [...this.documents.keys()].slice(-this.random.integer(1, 10));
    const fresh = Array.from({ length: this.random.integer(2, 30) }, () => `${this.name}-${++this.made}`);
    const documents = [...known, ...fresh].map((id) => this.fresh(id));
    const operations: AnyBulkWriteOperation<LoadDocument>[] = documents.map(({ _id, ...replacement }) => ({
      replaceOne: { filter: { _id }, replacement, upsert: true },
    }));
    const perform = async ({ things }: LoadTarget): Promise<void> => {
      await things.bulkWrite(operations);
    };
    return { changes: Object.fromEntries(documents.map((one) => [one._id, one])), perform, repeats: false };
  }

  /** A document whose serial is taken has to be refused and to leave nothing. */
  private async collide({ things }: LoadTarget): Promise<void> {
    const taken = this.any();
    if (!taken) return;
    const document = { ...taken, _id: `${this.name}-refused-${++this.made}` };
    const code = await things.insertOne(document).then(
      () => 0,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 11000) return error.code;
        throw error;
      },
    );
    if (code === 0) throw new Contradiction(`the serial of ${taken._id} was given away twice`);
  }
}
