import type { OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { RecordRefusals } from '../../../domain/audit/commands.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import type { IdSource } from '../../../domain/kernel/time.js';
import type { Commands } from '../../../infra/engine/commands/commands.js';
import { bindContext } from '../../../infra/engine/commands/execution-context.js';
import type { PlatformClock } from '../../config/platform-clock.js';

export interface Refused {
  readonly workspace: WorkspaceId;
  readonly principal: string;
  readonly code: string;
  readonly outcome: 'denied' | 'failure';
  /** Method and template. */
  readonly route: string;
  readonly correlationId: string;
}

interface Gathered extends Refused {
  /** Milliseconds since 1970, by the machine's clock. */
  readonly minuteMs: number;
  /** Of its event: sent again, it is recorded once. */
  readonly commandId: string;
  count: number;
}

export interface RefusalPorts {
  readonly commands: Pick<Commands, 'execute'>;
  readonly clock: PlatformClock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

const minuteLengthMs = 60_000;
const lookEveryMs = 1000;
/** Kinds of refusals that are told apart at one time: whoever floods fills no memory and no log. */
const mostKinds = 1000;
/** Stands for whoever is not told apart. */
const others = 'others';

/**
 * Gathers what this process refuses, per principal, reason and minute, and appends it to a stream of its own for each
 * workspace and day (rule C9). What was gathered since the last minute is lost with a process that is killed.
 */
export class Refusals implements OnApplicationShutdown {
  private readonly gathered = new Map<string, Gathered>();
  private readonly process: string;
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly ports: RefusalPorts) {
    this.process = ports.ids.next();
    this.timer = setInterval(() => {
      const now = minuteOf(Date.now());
      void this.write(({ minuteMs }) => minuteMs < now);
    }, lookEveryMs);
    this.timer.unref();
  }

  note(refused: Refused): void {
    const minuteMs = minuteOf(Date.now());
    const found = this.gathered.get(keyOf(refused, minuteMs));
    if (found) {
      found.count++;
      return;
    }
    const isFull = this.gathered.size >= mostKinds;
    if (isFull && refused.principal !== others) {
      this.note({ ...refused, principal: others, code: `access.${refused.outcome}` });
      return;
    }
    const one = { ...refused, minuteMs, commandId: this.ports.ids.next(), count: 1 };
    this.gathered.set(keyOf(refused, minuteMs), one);
  }

  /** Appends what is gathered of a workspace now: who reads its trail here is shown what was refused here before. */
  flush(workspace: WorkspaceId): Promise<void> {
    return this.write((one) => one.workspace === workspace);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.write(() => true);
  }

  /** One after the other: whoever waits for it finds written what was being written. */
  private write(isDue: (one: Gathered) => boolean): Promise<void> {
    this.writing = this.writing.then(async () => {
      const due = [...this.gathered].filter(([, one]) => isDue(one));
      for (const [key] of due) this.gathered.delete(key);
      try {
        for (let next = due[0]; next; next = due[0]) {
          await this.append(next[1]);
          due.shift();
        }
      } catch (error) {
        this.ports.logger.warn({ err: error }, 'refusals were not recorded; it is tried again');
        // Perhaps they were: sent again they bear the same ids, so they stay apart from what comes.
        for (const [key, one] of due) this.gathered.set(`${key}\n${one.commandId}`, one);
      }
    });
    return this.writing;
  }

  private async append(one: Gathered): Promise<void> {
    const { clock, commands } = this.ports;
    const { workspace, principal, code, outcome, route, count, correlationId, commandId } = one;
    const at = await clock.now();
    const minute = clock.mode === 'system' ? one.minuteMs : minuteOf(Date.parse(at));
    const command = Object.assign(new RecordRefusals(), {
      log: `${at.slice(0, 10)}-${this.process}`,
      outcome,
      refusals: { principal, code, minute: new Date(minute).toISOString(), count, route },
    });
    const context = { workspace, actor: principal, at, commandId, correlationId, causationId: '' };
    await commands.execute(bindContext(command, { context }));
  }
}

function minuteOf(milliseconds: number): number {
  return Math.floor(milliseconds / minuteLengthMs) * minuteLengthMs;
}

function keyOf({ workspace, outcome, principal, code }: Refused, minuteMs: number): string {
  return [minuteMs, workspace, outcome, principal, code].join('\n');
}
