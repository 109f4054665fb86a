import type { Logger } from 'pino';
import { NotFound, Rejected } from '../../../domain/kernel/errors.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type {
  BuildEntry,
  BuildId,
  ReadModelPointer,
} from '../../../domain/kernel/ports/read-model-pointers.js';
import type { DocumentKey, ReadModelStore } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { pause } from '../../system/pause.js';
import type { FillOutcome } from './build-filler.js';
import { Definitions, obtainPointers } from './definitions.js';
import { Filling } from './filling.js';
import { parkedListing, unkeyedListing, type ParkedListing } from './parked-listing.js';
import { changePointer, isSame, retiredFrom, rolledBackTo, withNewBuild } from './pointer-changes.js';
import { graceMs } from './serving-builds.js';
import { unpark, type UnparkReport } from './unpark.js';

export interface OperationsOptions {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly store: ReadModelStore;
  readonly projections: readonly AnyProjection[];
  readonly logger: Logger;
  /** As the projectors' own, for what is filled here. Default 2. */
  readonly lanes?: number;
  readonly cacheBytes?: number;
}

export interface BuildListing extends BuildEntry {
  readonly serving: boolean;
  /** Fed, so that going back is possible, though it does not serve. */
  readonly kept: boolean;
}

export interface ReadModelListing {
  readonly name: string;
  readonly builds: readonly BuildListing[];
}

/** What people do with read models, whether a projector runs or not: it sees within a second what was changed. */
export class ReadModelOperations {
  private readonly definitions: Definitions;

  constructor(private readonly options: OperationsOptions) {
    this.definitions = new Definitions(options.projections);
  }

  /** The read models that were ever built, in the order of their names; retired builds are left out. */
  async list(): Promise<readonly ReadModelListing[]> {
    const pointers = await this.options.store.pointers();
    return pointers.map(listingOf).sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * What is parked in builds that are live: of one read model, or of all.
   *
   * @throws NotFound `read-model.unknown`
   */
  async parked(name?: string): Promise<readonly ParkedListing[]> {
    const { store } = this.options;
    const listed: ParkedListing[] = [];
    for (const model of await this.liveBuilds(name)) {
      for await (const document of store.parked(model)) listed.push(...parkedListing(model, document));
      for (const event of await store.unkeyed(model)) listed.push(unkeyedListing(model, event));
    }
    return listed;
  }

  /**
   * Applies with this code what is parked in every live build whose version this code has.
   *
   * @param only one document
   * @throws NotFound `read-model.unknown`
   */
  async unpark(name: string, only?: DocumentKey): Promise<UnparkReport> {
    let applied = 0;
    let stillParked = 0;
    for (const model of await this.liveBuilds(name)) {
      const report = await unpark(model, this.options, only);
      applied += report.applied;
      stillParked += report.stillParked;
    }
    return { applied, stillParked };
  }

  /**
   * Asks for a new build of the newest version that this code has. A running projector fills it and switches to it;
   * the build before is kept, and fed, until it is retired.
   *
   * @throws NotFound `read-model.unknown`
   * @throws Rejected `read-model.filling` while another build is being filled
   * @throws Rejected `read-model.older-code` when a newer version serves
   */
  async rebuild(name: string): Promise<BuildId> {
    const { version } = this.newest(name);
    const { store, log } = this.options;
    if (!(await store.pointer(name))) {
      await obtainPointers(this.definitions, store, log);
      const first = await store.pointer(name);
      if (first?.builds[0]?.state === 'filling') return first.serving;
    }
    const { builds } = await changePointer(store, name, (pointer) => {
      if (pointer.serving.version > version)
        throw new Rejected(
          'read-model.older-code',
          `${name} v${pointer.serving.version} serves, this code has v${version}`,
        );
      return withNewBuild(pointer, version);
    });
    const made = builds.findLast((entry) => entry.version === version && entry.state === 'filling');
    if (!made) throw new NotFound('read-model.unknown-build', `${name} has no build to be filled`);
    return { version, build: made.build };
  }

  /**
   * Fills here what was asked for, and switches to it: where no projector runs.
   *
   * @returns what came of it; undefined when there is nothing to fill, or another process was faster
   */
  async fill(name: string, id: BuildId): Promise<FillOutcome | undefined> {
    const projection = this.definitions.of(name, id);
    if (!projection)
      throw new NotFound('read-model.unknown-version', `this code has no ${name} v${id.version}`);
    await this.options.store.prepare(projection);
    return new Filling({ ...this.options, projection, lanes: this.options.lanes ?? 2 }).run();
  }

  /**
   * Lets another build serve that is fed: by default the one that was made last before the one that serves.
   *
   * @throws NotFound `read-model.unknown`, `read-model.unknown-build`
   * @throws Rejected `read-model.not-fed`
   */
  async rollback(name: string, to?: BuildId): Promise<BuildId> {
    const { serving } = await changePointer(this.options.store, name, (pointer) =>
      rolledBackTo(pointer, to ?? beforeServing(pointer)),
    );
    return serving;
  }

  /**
   * Removes a build that does not serve, for good. Who reads it still has time to end; a writer that slept may write it
   * anew, where nobody looks.
   *
   * @throws NotFound `read-model.unknown`, `read-model.unknown-build`
   * @throws Rejected `read-model.serving`
   */
  async retire(name: string, id: BuildId): Promise<void> {
    const { store } = this.options;
    await changePointer(store, name, (pointer) => retiredFrom(pointer, id));
    // The projectors see it within this time too, and stop feeding it.
    await pause(graceMs);
    await store.remove({ name, version: id.version, build: id.build, indexes: [] });
  }

  private newest(name: string): AnyProjection {
    if (!this.definitions.names.includes(name)) throw unknown(name);
    return this.definitions.newest(name);
  }

  private async liveBuilds(name: string | undefined): Promise<readonly AnyProjection[]> {
    const pointers = await this.options.store.pointers();
    if (name !== undefined && !pointers.some((pointer) => pointer.name === name)) throw unknown(name);
    return pointers
      .filter((pointer) => name === undefined || pointer.name === name)
      .flatMap((pointer) =>
        pointer.builds
          .filter(({ state }) => state === 'live')
          .flatMap((entry) => this.definitions.of(pointer.name, entry) ?? []),
      );
  }
}

function listingOf({ name, serving, builds }: ReadModelPointer): ReadModelListing {
  return {
    name,
    builds: builds
      .filter(({ state }) => state !== 'retired')
      .map((entry) => {
        const serves = isSame(entry, serving);
        return { ...entry, serving: serves, kept: entry.state === 'live' && !serves };
      }),
  };
}

function beforeServing({ name, serving, builds }: ReadModelPointer): BuildId {
  const at = builds.findIndex((entry) => isSame(entry, serving));
  const before = builds.slice(0, at).findLast(({ state }) => state === 'live');
  if (!before) throw new Rejected('read-model.not-fed', `no build of ${name} from before is fed`);
  return before;
}

function unknown(name: string): NotFound {
  return new NotFound('read-model.unknown', `there is no read model ${name}`);
}
