import type { VirtualTime } from './virtual-time.js';

/** The system's clock, as all processes see it: it goes with time, and may be put forwards or back. */
export class JumpingClock {
  private readonly jumps: { readonly atMs: number; readonly offsetMs: number }[] = [{ atMs: 0, offsetMs: 0 }];

  constructor(private readonly time: VirtualTime) {}

  now(): string {
    return this.time.at(this.time.now + (this.jumps.at(-1)?.offsetMs ?? 0));
  }

  jumpBy(milliseconds: number): void {
    const offsetMs = (this.jumps.at(-1)?.offsetMs ?? 0) + milliseconds;
    this.jumps.push({ atMs: this.time.now, offsetMs });
  }

  /** The latest that it has shown by a moment: what was due then may have fired. */
  latestBy(atMs: number): string {
    const shown = this.jumps
      .map(({ offsetMs }, index) => ({
        offsetMs,
        untilMs: this.jumps[index + 1]?.atMs ?? Infinity,
        from: this.jumps[index]?.atMs ?? 0,
      }))
      .filter(({ from }) => from <= atMs)
      .map(({ offsetMs, untilMs }) => Math.min(atMs, untilMs) + offsetMs);
    return this.time.at(Math.max(...shown));
  }
}
