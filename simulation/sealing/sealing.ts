import { streamName, type StreamName } from '../../domain/kernel/names.js';
import type { Seal } from '../../infra/audit/sealing/seal-events.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { MemoryTileStore } from '../../infra/audit/tiles/memory-tile-store.js';
import type { Surroundings } from '../faults/line.js';
import type { Trace } from '../faults/trace.js';
import type { VirtualTime } from '../faults/virtual-time.js';
import { calm, type Weather } from '../faults/weather.js';
import { workspace, type World } from '../world.js';
import { newerCategory } from './filters.js';

/** What outlives every sealer of a seed. Sealers have a weather of their own: all else is well meanwhile. */
export class Sealing implements Surroundings {
  weather: Weather = calm;
  underWay = 0;
  readonly tiles = new MemoryTileStore();
  readonly published: Seal[] = [];
  /** What sealers said who sign nothing any more. */
  readonly incidents: string[] = [];
  private metadata = 0;

  constructor(readonly world: World) {}

  get time(): VirtualTime {
    return this.world.time;
  }

  get random(): SeededRandom {
    return this.world.random;
  }

  get trace(): Trace {
    return this.world.trace;
  }

  /** An administrator writes the metadata of a stream. */
  async administer(): Promise<void> {
    const stream = `$$${streamName(newerCategory, workspace, 'administered')}` as StreamName;
    const last = await this.world.log.readLast(stream);
    const event = { id: `metadata-${this.metadata++}`, type: '$metadata', data: { $acl: {} }, metadata: {} };
    await this.world.log.append(stream, last?.revision ?? 'no_stream', [event]);
  }
}
