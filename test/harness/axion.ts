import { hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration, type Configuration } from '../../apps/config/configuration.js';
import type { StoreUrls } from '../../apps/config/platform.js';
import { withUrls, type Stores } from '../../apps/cli/stores.js';
import { needsEmbeddedNodes } from '../../apps/standalone/node-ports.js';
import { MongoClient } from 'mongodb';
import { HttpClient, textAt } from './http-client.js';
import { startApplication, startNodes } from './part.js';

export interface Axion {
  readonly configuration: Configuration;
  readonly urls: StoreUrls;
  readonly bootstrapKey: string;
  /** The bootstrap key, in no workspace. */
  readonly root: HttpClient;
  /** The bootstrap key in a new workspace. */
  newWorkspace(): Promise<HttpClient>;
  /** A key of the client's workspace with these roles. */
  newKey(owner: HttpClient, ...roles: string[]): Promise<HttpClient & { readonly keyId: string }>;
  stores<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result>;
  /** Stops the application alone: as a shutdown signal does. */
  stop(): Promise<void>;
  /** Stops everything and leaves nothing behind. */
  close(): Promise<void>;
}

/**
 * The compiled application over embedded nodes in a temporary directory, each in a process of its own; with `ESDB_URL`
 * and `MONGO_URL` over those servers, in a database and in workspaces of its own.
 */
export async function startAxion(settings: Partial<Configuration> = {}): Promise<Axion> {
  const { ESDB_URL, MONGO_URL } = process.env;
  const dataDirectory = mkdtempSync(join(tmpdir(), 'axion-test-'));
  const bootstrapKey = `test-${randomBytes(24).toString('hex')}`;
  const configuration: Configuration = {
    ...readConfiguration({
      AXION_DATA: dataDirectory,
      PORT: '0',
      AXION_LOG_LEVEL: 'silent',
      ESDB_URL,
      MONGO_URL,
    }),
    mongoDatabase: `axion-test-${randomBytes(6).toString('hex')}`,
    bootstrapKeyHash: hash('sha256', bootstrapKey),
    ...settings,
  };
  const nodes = needsEmbeddedNodes(configuration) ? await startNodes(configuration) : undefined;
  const urls = nodes?.ready.urls ?? { eventStoreUrl: ESDB_URL ?? '', mongoUrl: MONGO_URL ?? '' };
  const leaveNothing = async (): Promise<void> => {
    await nodes?.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  const application = await startApplication(configuration, urls).catch(async (error: unknown) => {
    await leaveNothing();
    throw error;
  });
  const root = new HttpClient(application.ready.url, { key: bootstrapKey });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= application.stop());
  return {
    configuration,
    urls,
    bootstrapKey,
    root,
    newWorkspace: () => newWorkspace(root),
    newKey,
    stores: (work) => withUrls(configuration, urls, work),
    stop,
    close: async () => {
      await stop();
      if (configuration.mongoUrl !== undefined) await dropDatabase(configuration, urls);
      await leaveNothing();
    },
  };
}

export async function newWorkspace(root: HttpClient): Promise<HttpClient> {
  const id = `ws-${randomBytes(6).toString('hex')}`;
  const { status, text } = await root.post('/v1/tenancy/workspaces', { id, name: `Test ${id}` });
  if (status !== 201) throw new Error(`no workspace was made: ${text}`);
  return root.in(id);
}

async function newKey(
  owner: HttpClient,
  ...roles: string[]
): Promise<HttpClient & { readonly keyId: string }> {
  const { body } = await owner.post(`/v1/tenancy/workspaces/${owner.workspace}/keys`, {
    name: `test ${roles.join()}`,
    roles,
  });
  return Object.assign(owner.as(textAt(body, 'key')), { keyId: textAt(body, 'keyId') });
}

async function dropDatabase({ mongoDatabase }: Configuration, { mongoUrl }: StoreUrls): Promise<void> {
  const client = new MongoClient(mongoUrl);
  await client.db(mongoDatabase).dropDatabase();
  await client.close();
}
