import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive, processIdentity } from './process-identity.js';

const unknownMachine = '-';

/**
 * This process as a holder of leases: `<host> <machine> <process id> <start>`. The machine is the boot's id with the
 * namespace of process ids (Linux, proc(5), namespaces(7)): a process id says nothing outside of the two.
 */
export function thisHolder(): string {
  return `${hostname()} ${machine()} ${processIdentity(process.pid)}`;
}

/** Whether a holder has certainly ended: one of this machine whose process is gone. Of all others nothing is known. */
export function isDeadHolder(holder: string): boolean {
  const [host, where, ...identity] = holder.split(' ');
  if (where === unknownMachine || host !== hostname() || where !== machine()) return false;
  return !isAlive(identity.join(' '));
}

function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
    return namespace === undefined ? unknownMachine : `${boot}/${namespace}`;
  } catch {
    return unknownMachine;
  }
}
