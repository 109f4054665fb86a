/** Tiles and bundles under their paths. What is there beyond the last seal means nothing and may be written again. */
export interface TileStore {
  /** Undefined when it is missing. */
  read(path: string): Promise<Buffer | undefined>;
  /** All of them durable when it returns: whole, or not at all. */
  write(files: ReadonlyMap<string, Uint8Array>): Promise<void>;
}
