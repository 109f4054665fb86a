import pino from 'pino';
import { Unavailable } from '../../domain/kernel/errors.js';
import { signatureTypes, signerKey } from '../../infra/audit/notes/note-key.js';
import { SealLoop } from '../../infra/audit/sealing/seal-loop.js';
import { Sealer, logNameOf } from '../../infra/audit/sealing/sealer.js';
import type { TileStore } from '../../infra/audit/tiles/tile-store.js';
import { Leases } from '../../infra/engine/leases/leases.js';
import { obtainOrigin } from '../../infra/eventstore/origin.js';
import { DistantLog } from '../faults/distant-log.js';
import { distant } from '../faults/distant-port.js';
import type { HeldCalls } from '../faults/held-calls.js';
import { Line } from '../faults/line.js';
import type { Plan } from '../slot.js';
import { seededIds } from '../world.js';
import { filtersKnownTo } from './filters.js';
import type { Sealing } from './sealing.js';

export interface SealerPlan {
  /** Of its filter. */
  readonly version: string;
  /** Whether it waits for the lease; without one it believes that it is the one, always. */
  readonly leased: boolean;
  readonly troubles: Plan['troubles'];
}

const logger = pino({ level: 'silent' });
const restMs = 100;
/** Small, so that what was left behind takes more than one seal. */
const mostLeaves = 12;

/** A place where one sealer runs after another. */
export class SealerSlot {
  private line: Line;
  private loop: SealLoop | undefined;
  private started = 0;

  constructor(
    private readonly sealing: Sealing,
    private readonly name: string,
    private readonly plan: SealerPlan,
  ) {
    this.line = new Line(`${name}.none`, sealing);
  }

  /** Lives through its troubles. Afterwards a sealer runs, and nothing holds it. */
  async live(): Promise<void> {
    const { time, trace } = this.sealing.world;
    for (const { afterMs, kind, forMs } of this.plan.troubles) {
      await time.sleep(afterMs);
      trace.add(`${time.now} ${this.name} ${kind} ${forMs}`);
      if (kind === 'stop') {
        this.line.stop();
        await time.sleep(forMs);
        this.line.resume();
      } else await this.crash(forMs);
    }
  }

  /** Kills what runs here, and starts another after a while. */
  async crash(forMs: number): Promise<void> {
    this.line.kill();
    await this.sealing.world.time.sleep(forMs);
    await this.up();
  }

  hold(matches: (call: string) => boolean): HeldCalls {
    return this.line.hold(matches);
  }

  /** Starts a sealer, as often as it takes. */
  async up(): Promise<void> {
    const { world } = this.sealing;
    for (;;) {
      const line = new Line(`${this.name}.${this.started++}`, this.sealing);
      this.line = line;
      try {
        const loop = await Promise.race([this.start(line), line.death.then(() => undefined)]);
        if (!loop || line.isDead) return;
        this.loop = loop;
        return;
      } catch {
        line.kill();
        await world.time.sleep(restMs);
      }
    }
  }

  /** For good. */
  down(): void {
    void this.loop?.stop();
    this.line.kill();
  }

  private async start(line: Line): Promise<SealLoop> {
    const { sealing, plan } = this;
    const { world } = sealing;
    const ids = seededIds(world.random.fork());
    const clock = { now: () => Promise.resolve(world.clock.now()) };
    const log = new DistantLog(world.log, line);
    const origin = await obtainOrigin(log, clock, ids);
    const key = signerKey(logNameOf(origin), signatureTypes.ed25519, Buffer.alloc(32, 7));
    const sealer = new Sealer({
      log,
      tiles: distantTiles(sealing.tiles, line),
      origin,
      keys: () => Promise.resolve([key]),
      filters: filtersKnownTo(plan.version),
      filter: plan.version,
      clock,
      ids,
      mostLeaves,
      resumeEvery: 8,
      publish: (seal) =>
        line.call(
          `publish ${seal.size}`,
          () => Promise.resolve(void sealing.published.push(seal)),
          () => new Unavailable('publication.away', 'no answer'),
        ),
    });
    const leases = plan.leased
      ? new Leases({ store: distant(world.leases, line, { name: 'leases' }), holder: line.process })
      : undefined;
    const loop = new SealLoop({
      sealer,
      logger,
      ...(leases && { leases }),
      onIncident: (reason) => Promise.resolve(void sealing.incidents.push(`${line.process}: ${reason}`)),
    });
    loop.start();
    return loop;
  }
}

/** Each file lands by itself: a process that dies in between has written some of them. */
function distantTiles(tiles: TileStore, line: Line): TileStore {
  const away = (): Error => new Unavailable('audit.unavailable', 'no answer');
  return {
    read: (path) => line.call(`tiles.read ${path}`, () => tiles.read(path), away),
    write: async (files) => {
      for (const [path, bytes] of files)
        await line.call(`tiles.write ${path}`, () => tiles.write(new Map([[path, bytes]])), away);
    },
  };
}
