import { systemContext } from '../../domain/kernel/event.js';
import { streamName, workspaceId, type StreamName } from '../../domain/kernel/names.js';
import type { EventLog } from '../../domain/kernel/ports/event-log.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { LinkedWriter } from '../../infra/eventstore/linked-writer.js';
import { pause } from '../../infra/system/pause.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import { newerCategory, olderCategory } from './versions.js';

const workspaces = ['acme', 'beta'].map(workspaceId);
const streamsOfEach = 6;
const metadataShare = 0.1;
const longestPauseMs = 25;

/** Appends events all the while, and now and then what only the newer filter takes for a leaf. */
export class HonestWriter {
  /** Of the last event that was acknowledged. */
  position = 0n;
  written = 0;
  private readonly writer: LinkedWriter;

  constructor(
    private readonly log: EventLog,
    origin: string,
    private readonly random: SeededRandom,
  ) {
    this.writer = new LinkedWriter(log, origin);
  }

  async write(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      await this.writeOne();
      await pause(this.random.integer(0, longestPauseMs));
    }
  }

  async writeOne(): Promise<void> {
    const { random } = this;
    const category = random.chance(0.5) ? olderCategory : newerCategory;
    const workspace = workspaces[random.integer(0, workspaces.length - 1)] ?? workspaceId('acme');
    const stream = streamName(category, workspace, `s${random.integer(0, streamsOfEach - 1)}`);
    if (category === newerCategory && random.chance(metadataShare)) return this.administer(stream);
    const at = await systemClock.now();
    const events = Array.from({ length: random.integer(1, 3) }, () => ({
      type: 'ThingDone',
      schema: 1,
      data: { number: this.written++ },
      salt: randomIds.salt(),
      context: { ...systemContext(randomIds.next(), at), workspace },
    }));
    this.position = (await this.writer.append(stream, events)).position;
  }

  /** An administrator says who may read a stream. */
  private async administer(stream: StreamName): Promise<void> {
    const name = `$$${stream}` as StreamName;
    const last = await this.log.readLast(name);
    const event = { id: randomIds.next(), type: '$metadata', data: { $acl: { $r: ['$all'] } }, metadata: {} };
    await this.log.append(name, last?.revision ?? 'no_stream', [event]);
  }
}
