import { Connections } from './connections.js';
import { CommandError } from './errors.js';
import { Catalog } from './store/catalog.js';
import { CommitQueue } from './store/commit-queue.js';
import { DocumentStore } from './store/document-store.js';
import { type Environment, isReadable, openEnvironment } from './store/environment.js';
import { RetryableWrites } from './store/retryable-writes.js';
import { Cursors } from './query/cursors.js';

/** Everything the commands work with. */
export interface Engine {
  readonly connections: Connections;
  readonly environment: Environment;
  readonly catalog: Catalog;
  readonly documents: DocumentStore;
  readonly commits: CommitQueue;
  readonly cursors: Cursors;
  readonly retries: RetryableWrites;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly directory: string;
  readonly commitTimeoutMs: number;
  readonly onFatal: (reason: Error) => void;
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const environment = await openEnvironment(options.directory);
  const catalog = new Catalog(environment.catalog, environment.space);
  const documents = new DocumentStore(environment, catalog);
  const commits = new CommitQueue(environment.root, {
    commitTimeoutMs: options.commitTimeoutMs,
    onFatal: options.onFatal,
    isReadable: () => isReadable(environment),
    whileWriting: (work) => {
      environment.space.begin();
      catalog.whileWriting(work);
      environment.space.assertRoom();
    },
    onCommitted: () => {
      catalog.publish();
    },
    onAborted: () => {
      catalog.reload();
    },
  });
  const cursors = new Cursors();
  const retries = new RetryableWrites(environment);
  await commits
    .submit(() => {
      retries.forgetOld(Date.now());
    })
    .catch((error: unknown) => {
      // On a full disk the old answers stay until there is room again.
      if (!(error instanceof CommandError) || error.codeName !== 'OutOfDiskSpace') throw error;
    });
  return {
    connections: new Connections(),
    environment,
    catalog,
    documents,
    commits,
    cursors,
    retries,
    close: async () => {
      cursors.closeAll();
      await commits.drain();
      await environment.root.close();
    },
  };
}
