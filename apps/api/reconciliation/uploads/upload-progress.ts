import { InvalidRequest, NotFound } from '../../../../domain/kernel/errors.js';
import type { WorkspaceId } from '../../../../domain/kernel/names.js';
import { pause } from '../../../../infra/system/pause.js';
import type { ServerSentEvent } from '../../http/server-sent-events.js';

/** The request header that gives an upload a name, by which whoever sends it can ask how far it is. */
export const progressHeader = 'x-progress-token';

/** `stored`: the bytes are here; `reading`: its rows are being read. */
type Stage = 'receiving' | 'stored' | 'reading' | 'recorded' | 'refused';

interface Progress {
  readonly stage: Stage;
  readonly bytes: number;
  readonly rows: number;
  /** Of one that is recorded. */
  readonly uploadId?: string;
  /** Of one that was refused. */
  readonly code?: string;
}

export type Report = (change: Partial<Progress>) => void;

const tokenPattern = /^[A-Za-z0-9_-]{8,64}$/;
/** Beyond it the oldest is forgotten; an upload needs none of this. */
const mostKept = 1000;
const lookMs = 250;
/** So long one may be asked for before it begins. */
const patienceMs = 5_000;

/** How far uploads are that this process takes in. Nothing of it is stored. */
export class UploadProgress {
  private readonly kept = new Map<string, Progress>();

  /** @returns what the upload reports with @throws InvalidRequest `request.bad-progress-token` */
  begin(workspace: WorkspaceId, token: string | readonly string[] | undefined): Report {
    if (token === undefined) return () => undefined;
    if (typeof token !== 'string' || !tokenPattern.test(token)) throw badToken();
    const key = keyOf(workspace, token);
    const report: Report = (change) => {
      const before = this.kept.get(key) ?? { stage: 'receiving', bytes: 0, rows: 0 };
      this.kept.set(key, { ...before, ...change });
    };
    this.kept.delete(key);
    report({});
    if (this.kept.size > mostKept) {
      const [oldest] = this.kept.keys();
      if (oldest !== undefined) this.kept.delete(oldest);
    }
    return report;
  }

  /**
   * What is new, until it is recorded or refused. One that has not begun is waited for, a little.
   *
   * @throws InvalidRequest `request.bad-progress-token` @throws NotFound `uploads.unknown-progress`
   */
  async watch(
    workspace: WorkspaceId,
    token: string,
  ): Promise<(stop: AbortSignal) => AsyncIterable<ServerSentEvent>> {
    if (!tokenPattern.test(token)) throw badToken();
    const key = keyOf(workspace, token);
    for (let waitedMs = 0; !this.kept.has(key); waitedMs += lookMs) {
      if (waitedMs >= patienceMs)
        throw new NotFound('uploads.unknown-progress', `no upload comes in under ${token}`);
      await pause(lookMs);
    }
    return (stop) => this.follow(key, stop);
  }

  private async *follow(key: string, stop: AbortSignal): AsyncIterable<ServerSentEvent> {
    let told: Progress | undefined;
    while (!stop.aborted) {
      const now = this.kept.get(key);
      // Forgotten, as so many came after it.
      if (!now) return;
      if (now !== told) yield { event: 'progress', data: { ...now } };
      told = now;
      if (now.stage === 'recorded' || now.stage === 'refused') return;
      await pause(lookMs, stop);
    }
  }
}

function keyOf(workspace: WorkspaceId, token: string): string {
  return `${workspace}/${token}`;
}

function badToken(): InvalidRequest {
  return new InvalidRequest(
    'request.bad-progress-token',
    'a progress token is 8 to 64 letters, digits, hyphens or underscores',
  );
}
