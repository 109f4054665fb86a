import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The boundaries of the steps of sealing, in their order. */
export const sealingPointNames = [
  'seal.begun',
  'seal.read',
  'seal.declared',
  'file.replacing',
  'seal.written',
  'seal.verified',
  'seal.signed',
  'seal.sealed',
  'seal.published',
] as const;

/** The boundaries of the steps of append, projection, checkpoint, saga, timer, job and object, in the order of each. */
export const crashPointNames = [
  'idempotency.reserved',
  'append.before',
  'append.after',
  'idempotency.answered',
  'projection.folded',
  'projection.written',
  'checkpoint.saving',
  'checkpoint.saved',
  'rebuild.written',
  'rebuild.filled',
  'rebuild.switched',
  'saga.handled',
  'saga.checkpoint',
  'saga.sending',
  'saga.sent',
  'saga.recorded',
  'timer.due',
  'timer.fired',
  'job.started',
  'job.computed',
  'job.recording',
  'job.recorded',
  'object.written',
  'object.named',
] as const;

export type CrashPointName = (typeof crashPointNames)[number] | (typeof sealingPointNames)[number];

/** Names the folder of the marker files; unset in every other use than the crash tests'. */
export const crashVariable = 'AXION_CRASH_AT';

/** Undefined: nothing happens anywhere. */
const armed = mayCrash(process.env) ? process.env[crashVariable] : undefined;

/** What a marker file may say: whoever comes there is stopped, as a laptop that sleeps, until somebody sends SIGCONT. */
export const stopMark = 'stop';

/**
 * Kills this process at once, as a power cut would, if the armed folder holds a file of the point's name and this
 * process is the one to remove it: so each file strikes once, whoever passes first. A file that says `stop` stops the
 * process instead.
 */
export function crashPoint(name: CrashPointName): void {
  if (armed !== undefined) crashIfMarked(armed, name);
}

/** Why the settings cannot be used; undefined when they can. */
export function crashSettingProblem(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return environment[crashVariable] && !mayCrash(environment)
    ? `${crashVariable} must not be set in production: it kills the platform's processes`
    : undefined;
}

function mayCrash(environment: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(environment[crashVariable]) && environment['NODE_ENV'] !== 'production';
}

function crashIfMarked(folder: string, name: CrashPointName): void {
  const marker = join(folder, name);
  if (!existsSync(marker)) return;
  let says: string;
  try {
    says = readFileSync(marker, 'utf8');
    unlinkSync(marker);
  } catch {
    // Another process was faster, and it is struck.
    return;
  }
  process.kill(process.pid, says === stopMark ? 'SIGSTOP' : 'SIGKILL');
}
