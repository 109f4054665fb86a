import { createHash } from 'node:crypto';

/** Everything that happened in a seed, in order: two runs of one seed have the same digest. */
export class Trace {
  private readonly hash = createHash('sha256');
  private readonly kept: string[] = [];

  constructor(private readonly keeps: boolean) {}

  add(line: string): void {
    this.hash.update(line).update('\n');
    if (this.keeps) this.kept.push(line);
  }

  /** To be asked once, at the end. */
  digest(): string {
    return this.hash.digest('hex');
  }

  get lines(): readonly string[] {
    return this.kept;
  }
}
