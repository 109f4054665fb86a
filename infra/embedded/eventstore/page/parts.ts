import { type Markup, html, link } from './html.js';

export function streamLink(name: string): Markup {
  return html`<a href="${link('/web/stream', { name })}">${name}</a>`;
}

/** The way to other pages of the same list. */
export function pages(
  first: string | undefined,
  next: string | undefined,
  firstName = 'First page',
  nextName = 'Next page',
): Markup {
  return html`<nav class="pages">
    ${first === undefined ? undefined : html`<a href="${first}">${firstName}</a>`}
    ${next === undefined ? undefined : html`<a href="${next}">${nextName}</a>`}
  </nav>`;
}
