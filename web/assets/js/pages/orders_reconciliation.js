// What platforms say that their days come to, beside what is held: how whole each feed is.

import { api } from '../core/api.js';
import { announce, h, replace } from '../core/dom.js';
import { exact, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { minorDigits } from '../core/money.js';
import { may, session } from '../core/session.js';
import { badge, button, field, input } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { emptyState, errorState, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { amount } from './orders_parts.js';

const COLUMNS = ['source', 'day', 'currency', 'orders', 'gross', 'refunded'];
const NUMBERS = ['orders', 'gross', 'refunded'];
const WHOLE = 0.999;  // Less is shown as missing.
const AMOUNT = /^\d+(\.\d+)?$/;

export const reconciliationView = {
  load: (query, signal) => api.get('/orders/reconciliation', {}, signal),
  draw: (answer, again) => h('div.stack', {}, may('operate') && entry(again), list(answer)),
};

/** Totals can be typed, or taken from a table of text: one line a day. */
function entry(again) {
  const fields = Object.fromEntries(COLUMNS.map((name) => [name, input({
    type: name === 'day' ? 'date' : 'text', inputmode: NUMBERS.includes(name) ? 'decimal' : null,
    required: name !== 'orders' && name !== 'refunded', value: name === 'currency' ? session().currency : '',
  })]));
  const result = h('div', { role: 'status' });
  const take = async (totals) => {
    try {
      await api.post('/orders/reconciliation', { totals });
      announce(t('reconcile.noted', { count: totals.length }));
      again();
    } catch (error) {
      replace(result, errorState(error));
    }
  };
  const typed = (event) => {
    event.preventDefault();
    const total = totalOf(COLUMNS.map((name) => fields[name].value));
    if (total) take([{ ...total, origin: t('reconcile.by_hand') }]);
    else replace(result, note(t('reconcile.not_a_total', { line: 1 }), 'watch'));
  };
  const file = input({ type: 'file', accept: '.csv,text/csv' });
  file.addEventListener('change', async () => {
    if (!file.files[0]) return;
    const { totals, wrong } = totalsOf(await file.files[0].text(), file.files[0].name);
    if (wrong) replace(result, note(t('reconcile.not_a_total', { line: wrong }), 'watch'));
    else take(totals);
  });
  const words = { source: 'column.source', day: 'orders.day', currency: 'column.currency', orders: 'figure.orders' };
  const form = h('form.field-row', { onsubmit: typed },
    ...COLUMNS.map((name) => field(t(words[name] ?? `orders.${name}`), fields[name])),
    button({ text: t('reconcile.add'), kind: 'primary', type: 'submit' }));
  const upload = field(t('reconcile.file'), file, t('reconcile.file_hint', { columns: COLUMNS.join(', ') }));
  const content = h('div.stack-small', {}, form, upload, result);
  return panel(t('reconcile.entry'), content, { hint: t('reconcile.entry_hint') });
}

/** Amounts are exact: digits are moved, nothing is multiplied. Null where they are no amount of the currency. */
function minorOf(text, currency) {
  const plain = text.replaceAll(',', '').trim();
  if (!AMOUNT.test(plain)) return null;
  const [whole, fraction = ''] = plain.split('.');
  const digits = minorDigits(currency);
  const rest = fraction.replace(/0+$/, '');
  return rest.length > digits ? null : Number(whole + rest.padEnd(digits, '0'));
}

/** Null where the fields make no total. */
function totalOf([source, day, given, orders = '', gross = '', refunded = '']) {
  const currency = (given ?? '').trim().toUpperCase();
  const names = { source: (source ?? '').trim(), day: (day ?? '').trim(), currency };
  const total = { ...names, gross_minor: minorOf(gross, currency) };
  if (!total.source || !/^\d{4}-\d{2}-\d{2}$/.test(total.day) || !/^[A-Z]{3}$/.test(currency)) return null;
  if (total.gross_minor === null) return null;
  if (orders.trim()) total.orders = Number(orders.replaceAll(',', ''));
  if (total.orders !== undefined && !Number.isSafeInteger(total.orders)) return null;
  if (refunded.trim()) total.refunded_minor = minorOf(refunded, currency);
  return total.refunded_minor === null ? null : total;
}

/** The totals of a table; `wrong` is the first line that is none. The first line may name the columns. */
function totalsOf(text, origin) {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const totals = [];
  for (const [index, line] of lines.entries()) {
    if (!line.trim() || (index === 0 && line.toLowerCase().startsWith('source'))) continue;
    const total = totalOf(line.split(','));
    if (!total) return { wrong: index + 1 };
    totals.push({ ...total, origin: origin.slice(0, 60) });
  }
  return totals.length > 0 ? { totals } : { wrong: 1 };
}

function list({ rows, has_more: hasMore, metric }) {
  if (rows.length === 0) {
    return emptyState({ title: t('reconcile.empty_title'), text: t('reconcile.empty_text'), next: null });
  }
  const columns = columnsFor();
  const title = t('orders.view_reconciliation');
  return panel(title, [table(title, columns, rows), hasMore && note(t('reconcile.more', { count: rows.length }))], {
    tools: [csvButton('reconciliation', columns, rows)], isFlush: true, hint: t('reconcile.hint'), metric,
  });
}

function columnsFor() {
  return [
    { title: t('orders.day'), isHeader: true, cell: (row) => row.day, csv: (row) => row.day },
    { title: t('column.source'), cell: (row) => row.source, csv: (row) => row.source },
    { title: t('column.currency'), csv: (row) => row.currency },
    { title: t('reconcile.completeness'), isNumber: true, cell: completeness, csv: (row) => row.completeness },
    {
      title: t('reconcile.orders'), isNumber: true, csv: (row) => row.held.orders,
      cell: (row) => `${exact(row.held.orders)} / ${row.platform.orders === null ? '–' : exact(row.platform.orders)}`,
    },
    {
      title: t('reconcile.gross_held'), isNumber: true, cell: (row) => amount(row.held.gross_minor, row.currency),
      csv: (row) => row.held.gross_minor,
    },
    {
      title: t('reconcile.gross_platform'), isNumber: true, csv: (row) => row.platform.gross_minor,
      cell: (row) => amount(row.platform.gross_minor, row.currency),
    },
    {
      title: t('reconcile.difference'), isNumber: true, csv: (row) => row.gross_difference_minor,
      cell: (row) => amount(row.gross_difference_minor, row.currency),
    },
    {
      title: t('reconcile.refunded_difference'), isNumber: true, csv: (row) => row.refunded_difference_minor,
      cell: (row) => amount(row.refunded_difference_minor, row.currency),
    },
    { title: t('reconcile.origin'), cell: (row) => row.origin, csv: (row) => row.origin },
    { title: t('reconcile.noted_at'), cell: (row) => timeText(row.noted_at), csv: (row) => row.noted_at },
  ];
}

function completeness(row) {
  if (row.completeness === null) return '–';
  const text = percent(row.completeness);
  if (row.completeness < WHOLE) return badge(text, 'bad', 'alert');
  return row.completeness > 1 ? badge(text, 'watch', 'info') : badge(text, 'good', 'check');
}
