import { NotFound } from '../../../domain/kernel/errors.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import type { JsonObject } from '../../../domain/kernel/json.js';
import type {
  Page,
  PageRequest,
  ReadModelReader,
  ReadModelVersion,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { Projection } from '../../../projections/kernel/projection.js';
import type { AnyEvent } from '../../../domain/kernel/event.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import type { ReadYourWrites } from './read-your-writes.js';

export interface ReadScope {
  readonly workspace: WorkspaceId;
  /** The answer holds everything up to here, or the query fails. */
  readonly after?: bigint | undefined;
}

/**
 * A read model as a query sees it: one workspace, nothing else, erasable values opened. Each method asks once which
 * build serves, waits for `after` on that one, and reads that one (rule P6).
 *
 * Every method throws Unavailable `read-model.behind` when `after` is not applied in time.
 */
export class ReadModel<Document extends object> {
  constructor(
    private readonly projection: Projection<Document, AnyEvent>,
    private readonly store: ReadModelReader,
    private readonly codec: EventCodec,
    private readonly waits: ReadYourWrites,
    /** What was written through this process: shown to whoever asks here, unless the read model is far behind. */
    private readonly writtenIn: (workspace: WorkspaceId) => bigint | undefined,
  ) {}

  async find(scope: ReadScope, id: string): Promise<Document | undefined> {
    const stored = await this.reading(scope, (build) =>
      this.store.get(build, { workspace: scope.workspace, id }),
    );
    return stored?.document && this.open(stored.document);
  }

  /** @throws NotFound `<name>.unknown` when the workspace has no such document */
  async get(scope: ReadScope, id: string): Promise<Document> {
    const found = await this.find(scope, id);
    if (!found)
      throw new NotFound(`${this.projection.name}.unknown`, `there is no ${id} in ${this.projection.name}`);
    return found;
  }

  async page(scope: ReadScope, request: PageRequest): Promise<Page<Document>> {
    const { items, next } = await this.reading(scope, (build) =>
      this.store.page(build, scope.workspace, request),
    );
    const opened = await Promise.all(
      items.flatMap(({ document }) => (document ? [this.open(document)] : [])),
    );
    return next === undefined ? { items: opened } : { items: opened, next };
  }

  /** Every matching document, page by page. */
  async *every(scope: ReadScope, where: NonNullable<PageRequest['where']>): AsyncIterable<Document> {
    let cursor: string | undefined;
    do {
      const page: Page<Document> = await this.page(scope, {
        limit: 500,
        where,
        ...(cursor !== undefined && { cursor }),
      });
      yield* page.items;
      cursor = page.next;
    } while (cursor !== undefined);
  }

  private async reading<Result>(
    { workspace, after }: ReadScope,
    read: (build: ReadModelVersion) => Promise<Result>,
  ): Promise<Result> {
    return this.waits.builds.with(this.projection, async (build) => {
      const written = this.writtenIn(workspace);
      if (after !== undefined) await this.waits.waitFor(build, after);
      else if (written !== undefined) await this.waits.waitIfSoon(build, written);
      return read(build);
    });
  }

  private async open(document: JsonObject): Promise<Document> {
    return (await this.codec.openAll(document)) as Document;
  }
}
