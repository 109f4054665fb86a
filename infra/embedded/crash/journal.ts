import { type FileHandle, open, readFile } from 'node:fs/promises';

/** What has to be remembered whatever happens: lines of JSON in a file, each on the disk before it counts. */
export class Journal<Entry> {
  private waiting: { readonly line: string; readonly settle: (error?: Error) => void }[] = [];
  private running: Promise<void> | undefined;

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
  ) {}

  static async open<Entry>(path: string): Promise<Journal<Entry>> {
    return new Journal<Entry>(await open(path, 'a'), path);
  }

  /** Resolves when the entry is synced; entries that arrive together share one sync. */
  record(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({
        line: `${JSON.stringify(entry)}\n`,
        settle: (error) => (error ? reject(error) : resolve()),
      });
      this.running ??= this.run();
    });
  }

  /** Every entry, read back from the file. */
  async entries(): Promise<Entry[]> {
    await this.running;
    const text = await readFile(this.path, 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Entry);
  }

  async close(): Promise<void> {
    await this.running;
    await this.file.close();
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      let failure: Error | undefined;
      try {
        await this.file.appendFile(group.map(({ line }) => line).join(''));
        await this.file.datasync();
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      for (const { settle } of group) settle(failure);
    }
    this.running = undefined;
  }
}
