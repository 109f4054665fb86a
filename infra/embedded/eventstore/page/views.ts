import { ALL, keyOf } from '../persistent/definition.js';
import { type Group } from '../persistent/group.js';
import { type StreamList, type StreamQuery } from './directory.js';
import { type Stats } from './facts.js';
import { type Markup, html, link } from './html.js';
import { formatBytes, formatCount, layout } from './layout.js';
import { pages, streamLink } from './parts.js';

export function overview(stats: Stats, groups: readonly Group[]): Markup {
  const numbers: readonly (readonly [string, string])[] = [
    ['Events', formatCount(stats.events)],
    ['Streams, system streams among them', formatCount(stats.streams)],
    ['Persistent subscriptions', formatCount(stats.persistentSubscriptions)],
    ['Store', formatBytes(stats.storeBytes)],
    ['Free on the disk', formatBytes(stats.freeDiskBytes)],
    ['End of $all', formatCount(stats.end)],
  ];
  return layout('Overview', [
    html`<dl class="numbers">
      ${numbers.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`,
    html`<p class="quiet">
      Started ${stats.startedAt}. For machines: <a href="/stats">/stats</a>, <a href="/info">/info</a>.
    </p>`,
    html`<h2>Persistent subscriptions</h2>`,
    groups.length === 0 ? html`<p class="quiet">There are none.</p>` : groupTable(groups),
  ]);
}

function groupTable(groups: readonly Group[]): Markup {
  return html`<div class="sheet">
    <table>
      <thead>
        <tr>
          <th>Group</th>
          <th>On</th>
          <th>State</th>
          <th class="number">Consumers</th>
          <th class="number">Unanswered</th>
          <th class="number">Parked</th>
        </tr>
      </thead>
      <tbody>
        ${groups.map(
          ({ definition, intake, consumers, outstanding, replay }) =>
            html`<tr>
              <td class="name">${definition.group}</td>
              <td class="name">
                ${definition.stream === ALL ? html`<a href="/web/all">$all</a>` : streamLink(definition.stream)}
              </td>
              <td>${intake.isLive ? 'live' : 'behind'}</td>
              <td class="number">${consumers.size}</td>
              <td class="number">${outstanding.size}</td>
              <td class="number">${parkedLink(keyOf(definition), replay.waiting)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function parkedLink(key: string, waiting: number): Markup | number {
  const name = `$persistentsubscription-${key}-parked`;
  return waiting === 0 ? 0 : html`<a href="${link('/web/stream', { name })}">${waiting}</a>`;
}

export function streamsPage(query: StreamQuery, { streams, next }: StreamList): Markup {
  const system = query.withSystemStreams ? '1' : undefined;
  const prefix = query.prefix === '' ? undefined : query.prefix;
  return layout('Streams', [
    html`<form action="/web/streams">
      <input
        type="search"
        name="prefix"
        value="${query.prefix}"
        placeholder="names that begin with …"
        aria-label="Names that begin with"
      />
      <label
        ><input type="checkbox" name="system" value="1" ${system === undefined ? '' : 'checked'} /> system
        streams</label
      >
      <button>Show</button>
    </form>`,
    streams.length === 0
      ? html`<p class="quiet">There are none.</p>`
      : html`<div class="sheet">
          <table>
            <thead>
              <tr>
                <th>Stream</th>
                <th class="number">Events</th>
                <th class="number">Last revision</th>
              </tr>
            </thead>
            <tbody>
              ${streams.map(
                ({ name, state, visible, last }) =>
                  html`<tr>
                    <td class="name">${streamLink(name)} ${mark(state)}</td>
                    <td class="number">${formatCount(visible)}</td>
                    <td class="number">${last}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`,
    pages(
      query.after === undefined ? undefined : link('/web/streams', { prefix, system }),
      next === undefined ? undefined : link('/web/streams', { prefix, system, after: next }),
    ),
  ]);
}

function mark(state: 'open' | 'deleted' | 'tombstoned'): Markup | undefined {
  return state === 'open' ? undefined : html`<span class="mark">${state}</span>`;
}

export function messagePage(title: string, text: string): Markup {
  return layout(title, html`<p class="quiet">${text}</p>`);
}
