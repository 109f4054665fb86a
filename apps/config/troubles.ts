/** What is not as it should be in this process, in words; each part tells its own. */
export class Troubles {
  private readonly sources: (() => readonly string[])[] = [];

  /** @param source asked at every look at the health; must return at once */
  watch(source: () => readonly string[]): void {
    this.sources.push(source);
  }

  get all(): readonly string[] {
    return this.sources.flatMap((source) => source());
  }
}
