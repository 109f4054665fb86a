import { type LogRecord } from '../store/record.js';
import { type Markup, html, link } from './html.js';
import { formatBytes, formatTime, layout } from './layout.js';
import { pages, streamLink } from './parts.js';
import { readable } from './readable.js';

/** Events, the newest first. */
export function eventsPage(
  title: string,
  records: readonly LogRecord[],
  paths: { readonly newest: string | undefined; readonly older: string | undefined },
): Markup {
  return layout(title, [
    records.length === 0
      ? html`<p class="quiet">There is nothing to see.</p>`
      : html`<div class="sheet">
          <table>
            <thead>
              <tr>
                <th class="number">Position</th>
                <th>Type</th>
                <th>Stream</th>
                <th class="number">Revision</th>
                <th class="number">Data</th>
                <th>Written</th>
              </tr>
            </thead>
            <tbody>
              ${records.map(eventRow)}
            </tbody>
          </table>
        </div>`,
    pages(paths.newest, paths.older, 'Newest', 'Older'),
  ]);
}

function eventRow(record: LogRecord): Markup {
  const path = link('/web/event', { position: record.position });
  return html`<tr>
    <td class="number"><a href="${path}">${record.position}</a></td>
    <td class="name"><a href="${path}">${record.type}</a></td>
    <td class="name">${streamLink(record.stream)}</td>
    <td class="number">${String(BigInt(record.revision))}</td>
    <td class="number">${formatBytes(record.data.length)}</td>
    <td class="quiet">${formatTime(record.createdAt)}</td>
  </tr>`;
}

export function eventPage(record: LogRecord): Markup {
  const facts: readonly (readonly [string, Markup | string | number])[] = [
    ['Stream', streamLink(record.stream)],
    ['Revision', String(BigInt(record.revision))],
    ['Position', record.position],
    ['Id', record.id],
    ['Written', formatTime(record.createdAt)],
    ['Content', record.isJson ? 'JSON' : 'binary'],
    ['Size', formatBytes(record.data.length)],
  ];
  return layout(record.type, [
    html`<div class="sheet">
      <table>
        <tbody>
          ${facts.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td class="name">${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`,
    bodySection('Data', record.data),
    bodySection('Metadata', record.metadata),
  ]);
}

function bodySection(title: string, bytes: Buffer): Markup {
  const content =
    bytes.length === 0
      ? html`<p class="quiet">Empty.</p>`
      : html`<div class="sheet"><pre>${readable(bytes)}</pre></div>`;
  return html`<h2>${title}</h2>
    ${content}`;
}
