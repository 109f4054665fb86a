/** An object in the object store: bulk stays out of events (claim check). */
export interface StoredObject {
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}
