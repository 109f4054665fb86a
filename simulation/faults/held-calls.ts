/** Calls of one process that stay on their way until they are let go. Its process waits for their answers, or is dead by then. */
export class HeldCalls {
  private noteReached: () => void = () => undefined;
  private let: () => void = () => undefined;
  /** Resolves when the first of them is on its way. */
  readonly reached = new Promise<void>((resolve) => (this.noteReached = resolve));
  private readonly released = new Promise<void>((resolve) => (this.let = resolve));
  private over = false;

  constructor(private readonly matches: (call: string) => boolean) {}

  /** @returns whether it was held */
  async pass(call: string): Promise<boolean> {
    if (this.over || !this.matches(call)) return false;
    this.noteReached();
    await this.released;
    return true;
  }

  release(): void {
    this.over = true;
    this.let();
  }
}
