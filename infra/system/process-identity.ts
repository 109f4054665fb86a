import { readFileSync, readdirSync } from 'node:fs';
import { codeOf } from '../../domain/kernel/errors.js';

/** `<process id> <start>`: an id is used again after a while; together with when the process started it is not. */
export function processIdentity(processId: number): string {
  return identityOf(processId, statOf(processId));
}

export function isAlive(identity: string): boolean {
  const processId = Number(identity.split(' ')[0]);
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  const stat = statOf(processId);
  return identityOf(processId, stat) === identity && !(stat && hasEnded(processId, stat));
}

/** Processes of a group that have not ended (Linux). */
export function groupMembers(group: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((processId) => {
      const stat = statOf(processId);
      return stat?.group === group && !hasEnded(processId, stat);
    });
}

function identityOf(processId: number, stat: ProcessStat | undefined): string {
  return `${processId} ${stat?.start ?? ''}`;
}

/**
 * One that has ended stays in the table until its parent asks how, which may take seconds, or for ever where the first
 * process of a container asks for nobody. Its files are closed and its memory is gone when the last of its threads
 * has ended: until then the thread that it began with stands for all, and has ended too.
 */
function hasEnded(processId: number, { state }: ProcessStat): boolean {
  if (state !== 'Z' && state !== 'X') return false;
  try {
    return readdirSync(`/proc/${processId}/task`).length <= 1;
  } catch {
    return true;
  }
}

interface ProcessStat {
  readonly state: string | undefined;
  readonly group: number;
  /** Ticks since boot. */
  readonly start: string | undefined;
}

/** Linux, proc(5): fields 3, 5 and 22. Undefined where there is none, or the system does not tell. */
function statOf(processId: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], group: Number(fields[2]), start: fields[19] };
  } catch {
    return undefined;
  }
}
