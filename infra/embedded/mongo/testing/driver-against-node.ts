import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collection, type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { type MongoNode, startMongoNode } from '../node.js';

/** A node on a free port with a folder of its own, and the official driver connected to it. */
export class DriverAgainstNode {
  private constructor(
    readonly directory: string,
    private node: MongoNode,
    private connected: MongoClient,
    private readonly clientOptions: MongoClientOptions,
  ) {}

  static async start(clientOptions: MongoClientOptions = {}): Promise<DriverAgainstNode> {
    const directory = await mkdtemp(join(tmpdir(), 'axion-mongo-'));
    const node = await startMongoNode({ directory });
    const client = await MongoClient.connect(node.url, clientOptions);
    return new DriverAgainstNode(directory, node, client, clientOptions);
  }

  get client(): MongoClient {
    return this.connected;
  }

  get url(): string {
    return this.node.url;
  }

  get port(): number {
    return this.node.port;
  }

  get database(): Db {
    return this.connected.db('spec');
  }

  collection(name = 'things'): Collection {
    return this.database.collection(name);
  }

  /** Closes and opens the node over the same folder. */
  async restart(): Promise<void> {
    await this.connected.close();
    await this.node.close();
    this.node = await startMongoNode({ directory: this.directory });
    this.connected = await MongoClient.connect(this.node.url, this.clientOptions);
  }

  async stop(): Promise<void> {
    await this.connected.close();
    await this.node.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** What a rejected call was rejected with; a call that succeeds is the failure here. */
export async function rejectionOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('the call was expected to be rejected');
}
