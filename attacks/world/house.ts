import { systemContext } from '../../domain/kernel/event.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { streamName, workspaceId, type StreamName } from '../../domain/kernel/names.js';
import type { EventLog } from '../../domain/kernel/ports/event-log.js';
import { leafFilters, newestFilter } from '../../apps/config/audit-filters.js';
import { makeFirstSeed, SigningKeys } from '../../infra/audit/keys/signing-keys.js';
import { readCheckpointFile, writeCheckpointFile } from '../../infra/audit/publishing/checkpoint-file.js';
import { signReceipt } from '../../infra/audit/receipts/receipt.js';
import { logNameOf, Sealer } from '../../infra/audit/sealing/sealer.js';
import { FileTileStore } from '../../infra/audit/tiles/file-tile-store.js';
import { startEventStoreNode, type EventStoreNode } from '../../infra/embedded/eventstore/node.js';
import type { UnlinkedEvent } from '../../infra/eventstore/chain.js';
import { LinkedWriter } from '../../infra/eventstore/linked-writer.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { obtainOrigin } from '../../infra/eventstore/origin.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import type { World } from './folders.js';

/** What somebody wants to happen. */
export interface Happening {
  readonly type: string;
  readonly schema: number;
  readonly data: JsonObject;
}

/** A world whose node runs: the product's own store, client, links, keys and sealer. */
export class House {
  private readonly writer: LinkedWriter;

  private constructor(
    readonly world: World,
    readonly origin: string,
    readonly log: EventStoreDbEventLog,
    readonly tiles: FileTileStore,
    readonly keys: SigningKeys,
    private readonly node: EventStoreNode,
  ) {
    this.writer = new LinkedWriter(log, origin);
  }

  static async open(world: World): Promise<House> {
    const node = await startEventStoreNode({ directory: world.store });
    const log = new EventStoreDbEventLog(node.url);
    const origin = await obtainOrigin(log, systemClock, randomIds);
    await makeFirstSeed(world.keys);
    const keys = new SigningKeys(logNameOf(origin), { kind: 'files', directory: world.keys });
    return new House(world, origin, log, new FileTileStore(world.audit), keys, node);
  }

  get name(): string {
    return logNameOf(this.origin);
  }

  /** @returns the receipt of the last of them */
  async happen(
    category: string,
    workspace: string,
    id: string,
    happenings: readonly Happening[],
  ): Promise<string> {
    const stream = streamName(category, workspaceId(workspace), id);
    const context = {
      ...systemContext(randomIds.next(), await systemClock.now()),
      workspace: workspaceId(workspace),
      actor: `user:${workspace}`,
    };
    return this.append(
      stream,
      happenings.map((happening) => ({ ...happening, salt: randomIds.salt(), context })),
    );
  }

  /** Links events to the end of their stream. @returns the receipt of the last of them */
  async append(stream: StreamName, events: readonly UnlinkedEvent[]): Promise<string> {
    const { revision, hash, position } = await this.writer.append(stream, events);
    const place = { stream, revision: revision.toString(), position: position.toString(), hash };
    return signReceipt(place, await this.keys.newest());
  }

  /**
   * @param log what the sealer gets to see; everything, if it is honest
   * @param mostLeaves in one seal
   */
  sealer(log: EventLog = this.log, mostLeaves = 20_000): Sealer {
    return new Sealer({
      log,
      tiles: this.tiles,
      origin: this.origin,
      keys: () => this.keys.all(),
      filters: leafFilters,
      filter: newestFilter,
      mostLeaves,
      clock: systemClock,
      ids: randomIds,
      publish: ({ checkpoint }) => writeCheckpointFile(this.world.audit, 'sealed', checkpoint),
    });
  }

  /** Everything that is new, by a sealer that starts now. */
  async seal(log: EventLog = this.log): Promise<void> {
    const sealer = this.sealer(log);
    while ((await sealer.turn()).kind === 'sealed');
  }

  /** The newest signed note of the origin's log; undefined when there is none. */
  async checkpoint(): Promise<string | undefined> {
    return readCheckpointFile(this.world.audit, 'sealed');
  }

  async close(): Promise<void> {
    // The client waits for calls that only the end of the node ends.
    const closed = this.log.close();
    await this.node.close();
    await closed;
  }
}
