/** Tells whoever waits for it that a client is about to set something going: a run, a bulk, a match, a report. */
export class Steps {
  private waiting: (() => void)[] = [];

  begin(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const tell of waiting) tell();
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
