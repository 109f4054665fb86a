import { readFileSync } from 'node:fs';
import { codeOf } from '../../domain/kernel/errors.js';

/** `<process id> <start>`: an id is used again after a while; together with when the process started it is not. */
export function processIdentity(processId: number): string {
  return `${processId} ${startOf(processId)}`;
}

export function isAlive(identity: string): boolean {
  const processId = Number(identity.split(' ')[0]);
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return processIdentity(processId) === identity;
}

/** Ticks since boot at which a process started, where the system tells (Linux, proc(5), field 22). */
function startOf(processId: number): string {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
