/** The keys that erasable values are encrypted under: outside the databases, so that destroying one erases for good. */
export interface SubjectKeys {
  /** 32 bytes; made, and durable, at the first call for a subject. */
  obtain(subject: string): Promise<Uint8Array>;
  /** Undefined once the key was destroyed, or if it never was. */
  find(subject: string): Promise<Uint8Array | undefined>;
}
