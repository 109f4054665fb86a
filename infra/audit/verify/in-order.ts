export interface InOrder<Item, Result> {
  readonly item: Item;
  readonly result: Result;
}

/**
 * Works on items ahead of whoever takes the results, which come in the order of the items.
 *
 * @param ahead so many items at most beside the one that is waited for: what is held in memory
 * @throws what the first item throws that fails; the others are left to end by themselves
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<InOrder<Item, Result>> {
  const begun: { readonly item: Item; readonly result: Promise<Result> }[] = [];
  const iterator = items[Symbol.asyncIterator]();
  let isEnd = false;
  try {
    for (;;) {
      while (!isEnd && begun.length <= ahead) {
        const step: IteratorResult<Item, unknown> = await iterator.next();
        if (step.done === true) isEnd = true;
        else {
          const result = work(step.value);
          // One that fails while another is waited for is told of when its turn comes.
          result.catch(() => undefined);
          begun.push({ item: step.value, result });
        }
      }
      const next = begun.shift();
      if (!next) return;
      yield { item: next.item, result: await next.result };
    }
  } finally {
    await iterator.return?.();
  }
}
