// One of several views of a page, each with an address of its own.

import { h } from '../core/dom.js';
import { navigate } from '../core/router.js';
import { field, select } from './controls.js';

const TABS_MAX = 4;

/**
 * A row of tabs with the current one in sight; where there are many, a list to choose from.
 * @param items - `{ text, hint?, href, isCurrent }`
 */
export function tabs(label, items) {
  if (items.length > TABS_MAX) return chooser(label, items);
  const links = items.map(({ text, hint, href, isCurrent }) => h(
    'a.tab', { href, 'aria-current': isCurrent ? 'page' : null }, text, hint && h('span.faint.small', {}, ` ${hint}`)
  ));
  const row = h('nav.tabs', { 'aria-label': label }, ...links);
  requestAnimationFrame(() => reveal(row, links[items.findIndex((item) => item.isCurrent)]));
  return row;
}

/** Scrolls the row alone, never the page. */
function reveal(row, link) {
  if (link) row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
}

function chooser(label, items) {
  const pairs = items.map(({ text, hint, href }) => [href, hint ? `${text} · ${hint}` : text]);
  const current = items.find((item) => item.isCurrent)?.href;
  const list = select(pairs, current, { onchange: (event) => navigate(event.target.value) });
  return h('div.tab-chooser', {}, field(label, list));
}
