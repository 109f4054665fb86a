import { InvalidRequest } from '../../../domain/kernel/errors.js';
import type { Page, PageRequest } from '../../../domain/kernel/ports/read-model-store.js';
import type { Columns, Row } from '../../../infra/objects/column-rows.js';
import { ColumnStore } from '../../../infra/objects/columns.js';

/** Cursor pages of a table in the object store; the cursor is the index of the page's first row. */
export class ColumnPages {
  constructor(private readonly columns: ColumnStore) {}

  async page<Table extends Columns>(
    table: Table,
    { sha256 }: { readonly sha256: string },
    { limit, cursor = '0', where = {} }: PageRequest,
  ): Promise<Page<Row<Table>>> {
    if (!/^\d{1,12}$/.test(cursor))
      throw new InvalidRequest('request.bad-cursor', 'a cursor is what `next` of the page before said');
    const from = Number(cursor);
    const found: Row<Table>[] = [];
    const text = Object.fromEntries(
      Object.entries(where).map(([name, value]) => [name, String(value)] as const),
    );
    for await (const rows of this.columns.read(table, sha256, { from, limit: limit + 1, where: text }))
      found.push(...rows);
    const items = found.slice(0, limit);
    return found.length > limit ? { items, next: String(from + limit) } : { items };
  }
}
