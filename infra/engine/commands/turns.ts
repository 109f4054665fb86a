/** Lets work on one name go one after another in this process; work on other names is not held up. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(name);
    let done = (): void => undefined;
    const mine = new Promise<void>((resolve) => (done = resolve));
    this.last.set(name, mine);
    try {
      await before;
      return await work();
    } finally {
      if (this.last.get(name) === mine) this.last.delete(name);
      done();
    }
  }
}
