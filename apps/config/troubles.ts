type Source = () => readonly string[];

/** What is not as it should be in this process, in words that anybody may read; each part tells its own. */
export class Troubles {
  private readonly sources: Source[] = [];
  private readonly warningSources: Source[] = [];

  /** @param source what keeps this process from serving; asked at every look at the health, must return at once */
  watch(source: Source): void {
    this.sources.push(source);
  }

  /** @param source what a person must look at, though this process serves as ever; must return at once */
  watchWarnings(source: Source): void {
    this.warningSources.push(source);
  }

  get all(): readonly string[] {
    return this.sources.flatMap((source) => source());
  }

  get warnings(): readonly string[] {
    return this.warningSources.flatMap((source) => source());
  }
}
