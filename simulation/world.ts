import { SeededRandom } from '../infra/embedded/crash/random.js';
import { clockEvents } from '../domain/engine/clock-events.js';
import { sagaEvents } from '../domain/engine/saga-events.js';
import { workspaceId } from '../domain/kernel/names.js';
import type { IdSource } from '../domain/kernel/time.js';
import { InMemoryLeaseStore } from '../infra/engine/leases/in-memory-lease-store.js';
import { SubjectSealer } from '../infra/keys/sealing.js';
import { EventCodec } from '../infra/eventstore/event-codec.js';
import { accountEvents } from './bank/account.js';
import { feeEvents } from './bank/fees.js';
import { keysByName } from './bank/keys.js';
import { reportEvents } from './bank/report.js';
import { shipmentEvents } from './bank/shipment.js';
import { JumpingClock } from './faults/jumping-clock.js';
import type { Surroundings } from './faults/line.js';
import { seedCrypto } from './faults/seeded-crypto.js';
import { Trace } from './faults/trace.js';
import type { VirtualTime } from './faults/virtual-time.js';
import { drawWeather, type Weather } from './faults/weather.js';
import { Findings } from './oracle/findings.js';
import { JobOracle } from './oracle/job-oracle.js';
import { WitnessedLog } from './oracle/witnessed-log.js';
import { WitnessedStore } from './oracle/witnessed-store.js';

export const workspace = workspaceId('acme');

/** What outlives every process of a seed: the log, the store, the time, and what was found wrong. */
export class World implements Surroundings {
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly findings = new Findings();
  readonly log: WitnessedLog;
  readonly store: WitnessedStore;
  readonly jobs: JobOracle;
  readonly codec = new EventCodec(
    [accountEvents, reportEvents, feeEvents, shipmentEvents, sagaEvents, clockEvents],
    new SubjectSealer(keysByName),
  );
  readonly leases = new InMemoryLeaseStore();
  /** The system's. */
  readonly clock: JumpingClock;
  /** Processes go by a manual clock instead (rule S4). */
  manualClock = false;
  weather: Weather;
  underWay = 0;
  /** Some processes run older code, which cannot apply every event. */
  olderCode = false;

  constructor(
    readonly time: VirtualTime,
    seed: number,
    keepTrace: boolean,
  ) {
    seedCrypto(seed);
    this.random = new SeededRandom(seed);
    this.clock = new JumpingClock(time);
    this.weather = drawWeather(this.random);
    this.trace = new Trace(keepTrace);
    this.log = new WitnessedLog(time);
    this.jobs = new JobOracle(this.log, this.findings);
    this.store = new WitnessedStore(this.log, this.codec, this.findings, () => this.olderCode);
  }
}

/** Ids that the seed repeats. */
export function seededIds(random: SeededRandom): IdSource {
  const hex = (): string => random.integer(0, 0xffff_ffff).toString(16).padStart(8, '0');
  return {
    next: () => `${hex()}-${hex().slice(4)}-7${hex().slice(5)}-8${hex().slice(5)}-${hex()}${hex().slice(4)}`,
    salt: () => `${hex()}${hex()}${hex()}${hex()}`,
  };
}
