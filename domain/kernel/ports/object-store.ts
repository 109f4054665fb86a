/** Bytes under the SHA-256 of themselves. Written and synced before anything names them (rule J1). */
export interface ObjectStore {
  /** Stores a stream of any size. @throws whatever the stream throws; nothing is visible then */
  put(bytes: AsyncIterable<Uint8Array>): Promise<ObjectReference>;
  /** Takes over a finished local file (it is moved, or copied and removed). */
  putFile(path: string): Promise<ObjectReference>;
  get(sha256: string): AsyncIterable<Uint8Array>;
  has(sha256: string): Promise<boolean>;
  /** A local path that reads as the object, for engines that read files in place. */
  localPath(sha256: string): string;
  /** A fresh path beside the objects for work that ends in `putFile`. */
  temporaryPath(): string;
}

export interface ObjectReference {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}
