/** In UTF-16 units of JSON: at most three times as many bytes, which stays under the megabyte of an append. */
const largestPart = 250_000;

export interface Part<Item> {
  /** Ordinal of its first item among all of them. */
  readonly first: number;
  readonly items: readonly Item[];
}

/** Splits a list, in its order, into parts that fit into an event each. */
export function partsOf<Item extends object>(items: readonly Item[]): readonly Part<Item>[] {
  const parts: { first: number; items: Item[] }[] = [];
  let size = largestPart;
  for (const [ordinal, item] of items.entries()) {
    const own = JSON.stringify(item).length;
    if (size + own > largestPart) {
      parts.push({ first: ordinal, items: [] });
      size = 0;
    }
    parts.at(-1)?.items.push(item);
    size += own;
  }
  return parts;
}
