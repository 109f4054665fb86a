import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from './column-rows.js';
import { ColumnStore } from './columns.js';
import { FileObjectStore } from './file-object-store.js';

const table = {
  line: 'integer',
  name: 'text',
  price: 'decimal',
  at: 'instant',
  share: 'fraction',
  ids: 'texts',
} as const;

describe('columns', () => {
  const directory = mkdtempSync(join(tmpdir(), 'axion-columns-'));
  const columns = new ColumnStore(new FileObjectStore(directory));
  afterAll(() => rmSync(directory, { recursive: true }));

  const rows: Row<typeof table>[] = Array.from({ length: 5000 }, (_none, line) => ({
    line,
    name: line % 3 === 0 ? undefined : `name ${line % 7} "quoted" 'too'`,
    price: 10n ** 37n - BigInt(line),
    at: 1_718_200_000_000 + line,
    share: line / 5000,
    ids: line % 2 === 0 ? [] : [`a${line}`, 'b'],
  }));
  const all = async (
    ...range: Parameters<typeof columns.read<typeof table>> extends [unknown, ...infer Rest] ? Rest : never
  ) => {
    const found: Row<typeof table>[] = [];
    for await (const batch of columns.read(table, ...range)) found.push(...batch);
    return found;
  };

  it('gives back every cell as it was, in order', async () => {
    const { sha256, rows: count } = await columns.write(table, rows);
    expect(count).toBe(rows.length);
    expect(await all(sha256)).toEqual(rows);
  });

  it('gives back more values than a column remembers', async () => {
    const many = Array.from({ length: 45_000 }, (_none, index) => ({
      name: index < 30_000 ? `name ${index}` : `name ${index % 7}`,
      price: index % 2 === 0 ? BigInt(index) : -7n,
    }));
    const narrow = { name: 'text', price: 'decimal' } as const;
    const { sha256 } = await columns.write(narrow, many);
    const found: Row<typeof narrow>[] = [];
    for await (const batch of columns.read(narrow, sha256)) found.push(...batch);
    expect(found).toEqual(many);
  });

  it('takes rows in pieces as they come', async () => {
    const pieces = async function* () {
      await Promise.resolve();
      yield rows.slice(0, 3000);
      yield [];
      yield rows.slice(3000);
    };
    expect(await columns.write(table, pieces())).toEqual(await columns.write(table, rows));
  });

  it('stores the same rows as the same object', async () =>
    expect(await columns.write(table, rows)).toEqual(await columns.write(table, rows)));

  it('reads a range, and only rows that match', async () => {
    const { sha256 } = await columns.write(table, rows);
    expect(await all(sha256, { from: 4000, limit: 3 })).toEqual(rows.slice(4000, 4003));
    const name = rows[1]?.name ?? '';
    expect(await all(sha256, { where: { name } })).toEqual(rows.filter((row) => row.name === name));
  });

  it('gives the rows that match any of several values, and none for no values', async () => {
    const rows = Array.from({ length: 5000 }, (_none, line) => ({ line, name: `n${line % 7}` }));
    const named = { line: 'integer', name: 'text' } as const;
    const { sha256 } = await columns.write(named, rows);
    const found = async (where: Readonly<Record<string, readonly string[]>>) => {
      const all: number[] = [];
      for await (const batch of columns.read(named, sha256, { where }))
        all.push(...batch.map(({ line }) => line ?? -1));
      return all;
    };
    expect(await found({ name: ['n1', 'n3'] })).toEqual(
      rows.flatMap(({ line }) => (line % 7 === 1 || line % 7 === 3 ? [line] : [])),
    );
    expect(await found({ line: ['4321', '12'] })).toEqual([12, 4321]);
    expect(await found({ name: [] })).toEqual([]);
  });

  it('tells where a row stands, also of those that match an integer', async () => {
    const { sha256 } = await columns.write(table, rows);
    const numbered = { at: 'instant', place: 'ordinal' } as const;
    const found: object[] = [];
    for await (const batch of columns.read(numbered, sha256, { where: { line: '4321' } }))
      found.push(...batch);
    expect(found).toEqual([{ at: 1_718_200_004_321, place: 4321 }]);
  });

  it('stores a table without rows', async () => {
    const { sha256, rows: count } = await columns.write(table, []);
    expect(count).toBe(0);
    expect(await all(sha256)).toEqual([]);
  });
});
