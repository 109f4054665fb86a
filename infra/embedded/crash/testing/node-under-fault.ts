import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { contradictionsIn, readEventStoreTables } from '../event-store-tables.js';
import { checkMongoStore } from '../mongo-store-check.js';
import { type NodeKind, NodeProcess } from '../node-process.js';
import { type NumberedWrites, numberedWrites } from './numbered-writes.js';

/** How long a node may take to refuse a write or to end itself, when it can no longer write. */
export const DECIDES_WITHIN_MS = 6000;

export type Outcome = 'written' | 'refused' | 'ended' | 'neither refused nor ended';

/** A node in a process of its own whose disk is about to fail, and everything that it acknowledged. */
export class NodeUnderFault {
  readonly acknowledged: number[] = [];
  private next = 0;

  private constructor(
    private readonly kind: NodeKind,
    private readonly directory: string,
    private readonly node: NodeProcess,
    readonly processId: number,
    private readonly writes: NumberedWrites,
  ) {}

  static async start(kind: NodeKind, folder: string, under: readonly string[] = []): Promise<NodeUnderFault> {
    const directory = join(folder, 'data');
    const node = NodeProcess.launch({ kind, directory, under });
    const { url, processId } = await node.listens();
    return new NodeUnderFault(kind, directory, node, processId, await numberedWrites(kind, url));
  }

  /** Writes the next number. */
  async write(): Promise<Outcome> {
    const number = this.next++;
    const written = this.writes.write(number).then(
      () => {
        this.acknowledged.push(number);
        return 'written' as const;
      },
      // A node that ends itself breaks the connection first: which of the two it was shows a moment later.
      () => Promise.race([this.ended(), pause(200).then(() => 'refused' as const)]),
    );
    const late = pause(DECIDES_WITHIN_MS, 'neither refused nor ended' as const, { ref: false });
    return Promise.race([written, this.ended(), late]);
  }

  /** Writes until something else happens than that it is written. */
  async writeUntilFault(most: number): Promise<Outcome> {
    for (let count = 0; count < most; count++) {
      const outcome = await this.write();
      if (outcome !== 'written') return outcome;
    }
    return 'written';
  }

  async writeMany(count: number): Promise<void> {
    const outcome = await this.writeUntilFault(count);
    if (outcome !== 'written') throw new Error(`a write was ${outcome} before there was a fault`);
  }

  read(): Promise<number[]> {
    return this.writes.read();
  }

  /** Ends the node, as its parent would, and tells what a new one on the same folder has. */
  async afterRestart(): Promise<{ readonly contradictions: readonly string[]; readonly numbers: number[] }> {
    this.node.kill();
    await this.node.ended;
    await this.writes.close();
    const contradictions =
      this.kind === 'mongo'
        ? (await checkMongoStore(this.directory)).contradictions
        : contradictionsIn(await readEventStoreTables(this.directory));
    const again = NodeProcess.launch({ kind: this.kind, directory: this.directory });
    const reader = await numberedWrites(this.kind, (await again.listens()).url);
    const numbers = await reader.read();
    await reader.close();
    again.kill();
    await again.ended;
    return { contradictions, numbers };
  }

  /** Whatever became of the test. */
  kill(): void {
    this.node.kill();
  }

  private ended(): Promise<'ended'> {
    return this.node.ended.then(() => 'ended' as const);
  }
}
