import { type Content, type Markup, html } from './html.js';

/** One page in the common frame. */
export function layout(title: string, content: Content): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Axion event store</title>
        <link rel="stylesheet" href="/web/style.css" />
      </head>
      <body>
        <header>
          <div>
            <strong>Axion event store</strong>
            <a href="/web">Overview</a>
            <a href="/web/streams">Streams</a>
            <a href="/web/all">$all</a>
            <span>embedded node, read only</span>
          </div>
        </header>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${units[unit] ?? ''}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ');
}
