import type { ReadModelPointers } from '../../../domain/kernel/ports/read-model-pointers.js';
import type {
  DocumentKey,
  Page,
  PageRequest,
  ReadModelReader,
  ReadModelStore,
  ReadModelVersion,
  StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import { readBuild } from './pointer-changes.js';

/** A pointer that was read is believed for so long. */
export const believedMs = 500;
/** A build that no pointer names any more is left alone for so long: longer than anybody believes an older pointer. */
export const graceMs = 4 * believedMs;

interface Known {
  readonly model: Promise<ReadModelVersion>;
  readonly since: number;
}

/** Which build of a read model is read, as the pointer said a moment ago (rule P6). */
export class ServingBuilds {
  private readonly known = new Map<string, Known>();

  constructor(private readonly pointers: ReadModelPointers) {}

  /** The model, with the number of the build that is read; as it is, where nobody has made a pointer yet. */
  of(model: ReadModelVersion): Promise<ReadModelVersion> {
    return this.lookUp(model).model;
  }

  /**
   * Does work with the build that is read; again, when it took so long that the build may have been replaced and
   * retired meanwhile, and it was.
   */
  async with<Result>(
    model: ReadModelVersion,
    work: (build: ReadModelVersion) => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      const { model: found, since } = this.lookUp(model);
      const build = await found;
      const result = await work(build);
      if (performance.now() - since < graceMs) return result;
      const now = await this.of(model);
      if (now.version === build.version && now.build === build.build) return result;
    }
  }

  private lookUp(model: ReadModelVersion): Known {
    const key = `${model.name}_v${model.version}`;
    const known = this.known.get(key);
    if (known && performance.now() - known.since < believedMs) return known;
    const since = performance.now();
    const found = this.pointers.pointer(model.name).then((pointer) => {
      if (!pointer) return model;
      const { version, build } = readBuild(pointer, model.version);
      return { ...model, version, build };
    });
    const entry = { model: found, since };
    this.known.set(key, entry);
    // What failed is asked again by the next.
    found.catch(() => this.known.get(key) === entry && this.known.delete(key));
    return entry;
  }
}

/** Read models for work that serves all workspaces: of each, the build that serves. */
export class ServedReadModels implements ReadModelReader {
  private readonly builds: ServingBuilds;

  constructor(private readonly store: ReadModelStore) {
    this.builds = new ServingBuilds(store);
  }

  get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined> {
    return this.builds.with(model, (build) => this.store.get(build, key));
  }

  page(model: ReadModelVersion, workspace: WorkspaceId, request: PageRequest): Promise<Page<StoredDocument>> {
    return this.builds.with(model, (build) => this.store.page(build, workspace, request));
  }

  async *live(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    yield* this.store.live(await this.builds.of(model));
  }

  due(model: ReadModelVersion, atMost: string, limit: number): Promise<readonly StoredDocument[]> {
    return this.builds.with(model, (build) => this.store.due(build, atMost, limit));
  }
}
