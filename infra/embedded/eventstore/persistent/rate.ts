/** What was counted between two looks at it. */
export interface RateSince {
  readonly perSecond: number;
  readonly sinceLast: number;
  readonly total: number;
}

/** Counts, and says at each look how many there were since the look before. */
export class Rate {
  private total = 0;
  private lastTotal = 0;
  private lastLook = performance.now();

  count(): void {
    this.total++;
  }

  look(): RateSince {
    const now = performance.now();
    const seconds = (now - this.lastLook) / 1000;
    const sinceLast = this.total - this.lastTotal;
    this.lastLook = now;
    this.lastTotal = this.total;
    return { perSecond: seconds > 0 ? Math.floor(sinceLast / seconds) : 0, sinceLast, total: this.total };
  }
}
