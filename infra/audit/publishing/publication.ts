import type { AnchorDirectory } from './anchor-directory.js';
import { writeCheckpointFile } from './checkpoint-file.js';
import type { WitnessFeed } from './witness-feed.js';

export interface PublicationOptions {
  /** Of the tiles. */
  readonly directory: string;
  readonly anchor?: AnchorDirectory;
  readonly feed?: WitnessFeed;
}

/** What happens to each seal that stands: kept where nobody writes over it, published, shown to the witnesses. */
export class Publication {
  constructor(private readonly options: PublicationOptions) {}

  /** @throws InvariantBroken `audit.incident` when another checkpoint of that size was anchored before */
  async publish(checkpoint: string): Promise<void> {
    const { directory, anchor, feed } = this.options;
    await anchor?.keep(checkpoint);
    await writeCheckpointFile(directory, 'sealed', checkpoint);
    feed?.offer(checkpoint);
  }

  async stop(): Promise<void> {
    await this.options.feed?.stop();
  }
}
