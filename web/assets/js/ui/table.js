// Tables: dense, readable by screen readers, and to take away as CSV.

import { download, h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { button } from './controls.js';

const PLAIN_NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * @param caption - what the table is, for screen readers
 * @param columns - `{ title, cell?(row), isNumber?, isHeader?, csv?(row), isWide? }`; those without a cell are
 *   written to CSV alone
 */
export function table(caption, columns, rows, { isCaptionShown = false } = {}) {
  const seen = columns.filter((column) => column.cell);
  const heads = seen.map((column) => h(column.isNumber ? 'th.number' : 'th', { scope: 'col' }, column.title));
  const body = rows.map((row) => h('tr', {}, ...seen.map((column) => cell(column, row))));
  const grid = h('table.table', {},
    h(isCaptionShown ? 'caption' : 'caption.visually-hidden', {}, caption),
    h('thead', {}, h('tr', {}, ...heads)),
    h('tbody', {}, ...body));
  return h('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': caption }, grid);
}

function cell(column, row) {
  const kind = [column.isNumber && 'number', column.isWide && 'is-wide'].filter(Boolean);
  const spec = [column.isHeader ? 'th' : 'td', ...kind].join('.');
  return h(spec, { scope: column.isHeader ? 'row' : null }, column.cell(row));
}

/** Rows as CSV by the columns' exact values; a BOM lets spreadsheets read Chinese. */
export function csvText(columns, rows) {
  const written = columns.filter((column) => column.csv);
  const lines = [written.map((column) => column.title), ...rows.map((row) => written.map((column) => column.csv(row)))];
  return `\ufeff${lines.map((line) => line.map(csvField).join(',')).join('\r\n')}\r\n`;
}

/** What a spreadsheet would take for a formula is marked as text; negative numbers stay numbers. */
function csvField(value) {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function downloadCsv(name, columns, rows) {
  download(`${name}.csv`, 'text/csv;charset=utf-8', csvText(columns, rows));
}

export function csvButton(name, columns, rows) {
  return button({
    text: 'CSV', label: t('export.csv'), sign: 'download', kind: 'quiet', onclick: () => downloadCsv(
      name, columns, rows
    ),
  });
}

/** A share of the largest value as a bar behind a text. */
export function barCell(content, value, most) {
  const share = most > 0 ? value / most : 0;
  const bar = h('span.bar-cell-bar', { style: { width: `${Math.round(share * 1000) / 10}%` }, 'aria-hidden': 'true' });
  return h('span.bar-cell', {}, bar, h('span.bar-cell-text', {}, content));
}

/** The way to the next page of a list whose pages are named by a cursor in the address. */
export function pager({ firstHref, nextHref, onNote }) {
  if (!firstHref && !nextHref) return null;
  const link = (href, text) => h(href ? 'a.button.is-plain' : 'span.button.is-plain.is-off', { href }, text);
  return h('nav.pager', { 'aria-label': t('pager.label') },
    onNote && h('span.soft.small', {}, onNote), link(firstHref, t('pager.first')), link(nextHref, t('pager.next')));
}
