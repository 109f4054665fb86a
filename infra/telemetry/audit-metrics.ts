import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../domain/kernel/time.js';

/** What is shown of whoever seals. */
export interface WatchedSealing {
  readonly isActive: boolean;
  readonly incident: string | undefined;
  /** Leaves of the origin's log; undefined where none is known. */
  readonly treeSize: number | undefined;
  /** RFC 3339; undefined when everything is sealed, or another process seals. */
  oldestUnsealed(): Promise<string | undefined>;
}

/** What Prometheus reads of the sealer. */
export class AuditMetrics {
  constructor(private readonly registry: Registry) {}

  /** @param clock the one that events bear the time of */
  watch(sealing: WatchedSealing, clock: Clock): void {
    const registers = [this.registry];
    new Gauge({
      name: 'audit_seal_lag_seconds',
      help: 'Age of the oldest audited event that is not sealed; 0 when there is none, or another process seals',
      registers,
      async collect() {
        try {
          const oldest = await sealing.oldestUnsealed();
          const age = oldest === undefined ? 0 : Date.parse(await clock.now()) - Date.parse(oldest);
          this.set(Math.max(0, age) / 1000);
        } catch {
          // The log is away: what was shown last stays.
        }
      },
    });
    new Gauge({
      name: 'audit_tree_size',
      help: 'Leaves of the log of the origin, by the last seal that this process knows',
      registers,
      collect() {
        this.set(sealing.treeSize ?? 0);
      },
    });
    new Gauge({
      name: 'audit_incident',
      help: '1 when the audit log does not agree with itself, and nothing is sealed any more',
      registers,
      collect() {
        this.set(sealing.incident === undefined ? 0 : 1);
      },
    });
    new Gauge({
      name: 'audit_sealer_active',
      help: '1 in the process that seals',
      registers,
      collect() {
        this.set(sealing.isActive ? 1 : 0);
      },
    });
  }
}
