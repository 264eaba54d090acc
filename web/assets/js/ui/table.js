// Tables: dense, readable by screen readers, and to take away as CSV.

import { download, h, replace } from '../core/dom.js';
import { fileName } from '../core/file_name.js';
import { t } from '../core/i18n.js';
import { button } from './controls.js';

const PLAIN_NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** Rows that are shown at a time; a list that is hardly longer is shown whole. */
const PAGE_ROWS = 50;
const PAGE_SLACK = 10;

/**
 * A table; a long one is shown page by page.
 * @param caption - what the table is, for screen readers
 * @param columns - `{ title, cell?(row), isNumber?, isHeader?, csv?(row), isWide? }`; those without a cell are
 *   written to CSV alone
 */
export function table(caption, columns, rows, { isCaptionShown = false } = {}) {
  const seen = columns.filter((column) => column.cell);
  const heads = seen.map((column) => h(column.isNumber ? 'th.number' : 'th', { scope: 'col' }, column.title));
  const body = h('tbody');
  const fill = (shown) => replace(body, ...shown.map((row) => h('tr', {}, ...seen.map((column) => cell(column, row)))));
  const grid = h('table.table', {},
    h(isCaptionShown ? 'caption' : 'caption.visually-hidden', {}, caption),
    h('thead', {}, h('tr', {}, ...heads)), body);
  const place = h('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': caption }, grid);
  if (rows.length <= PAGE_ROWS + PAGE_SLACK) {
    fill(rows);
    return place;
  }
  return h('div', {}, place, rowPager(caption, rows, (shown) => {
    fill(shown);
    place.scrollTop = 0;
  }));
}

/** Leads through rows that are all there. */
function rowPager(caption, rows, show) {
  const said = h('span.soft.small.number', { role: 'status' });
  let begin = 0;
  const turn = (step) => {
    begin += step;
    const end = Math.min(begin + PAGE_ROWS, rows.length);
    show(rows.slice(begin, end));
    replace(said, t('pager.rows', { from: begin + 1, to: end, count: rows.length }));
    back.disabled = begin === 0;
    on.disabled = end === rows.length;
  };
  const back = button({ text: t('pager.previous'), onclick: () => turn(-PAGE_ROWS) });
  const on = button({ text: t('pager.next'), onclick: () => turn(PAGE_ROWS) });
  turn(0);
  return h('nav.pager', { 'aria-label': t('pager.of', { caption }) }, said, back, on);
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

export async function downloadCsv(name, columns, rows) {
  download(await fileName(name, 'csv'), 'text/csv;charset=utf-8', csvText(columns, rows));
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
