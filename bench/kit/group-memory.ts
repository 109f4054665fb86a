import { readFileSync, readdirSync } from 'node:fs';

const sampleMs = 100;

/** The most memory (resident, in MiB) that all processes of a group have held together, as sampled ten times a second. */
export class GroupMemory {
  peakMiB = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly group: number) {
    this.timer = setInterval(() => {
      this.peakMiB = Math.max(this.peakMiB, residentMiB(this.group));
    }, sampleMs);
  }

  stop(): number {
    clearInterval(this.timer);
    return this.peakMiB;
  }
}

function residentMiB(group: number): number {
  let kibibytes = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // Behind the name in parentheses, which may hold anything: state, parent, group.
      const [, , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(itsGroup) !== group) continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      kibibytes += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  return kibibytes / 1024;
}
