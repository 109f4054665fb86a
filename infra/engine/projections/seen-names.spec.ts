import { SeenNames } from './seen-names.js';

describe('names that were seen', () => {
  it.each([[3], [10_000], [10_001], [30_000]])('are known again, all %i of them', (count) => {
    const seen = new SeenNames();
    const names = Array.from({ length: count }, (_none, index) => `acme/${index}`);
    for (const name of names) seen.add(name);
    expect(names.filter((name) => !seen.mayHave(name))).toEqual([]);
  });

  it('are told from others, at most once in a thousand wrongly', () => {
    const seen = new SeenNames();
    for (let index = 0; index < 50_000; index++) seen.add(`acme/${index}`);
    const others = Array.from({ length: 20_000 }, (_none, index) => `other/${index}`);
    expect(others.filter((name) => seen.mayHave(name)).length).toBeLessThan(20);
  });
});
