// Numbers of past days that late facts changed: from what to what, and by what.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asDays } from '../core/range.js';
import { setQuery, withQuery } from '../core/router.js';
import { field, input, select } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { emptyState, note } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { eventName, timeText } from '../ui/words.js';
import { amount, orderHref } from './orders_parts.js';

const PAGE_ROWS = 50;
const PASSPORT_ROWS = 20;
const METRICS = ['orders', 'gross', 'refunded', 'cancelled', 'net'];

export const restatedView = {
  async load(query, signal) {
    const asked = {
      day: query.get('day'), metric: query.get('metric'), cursor: query.get('cursor'), limit: PAGE_ROWS,
    };
    const shown = asked.metric ? [asked.metric] : METRICS;
    return { asked, shown, cursor: 'cursor', ...await api.get('/restatements', asked, signal) };
  },
  draw(answer) {
    return h('div.stack', {}, filters(answer.asked), list(answer));
  },
};

/**
 * What changed numbers of orders in a period after its days were over.
 * @param span - `{ from, to }` as text; null where it has no end
 * @param metrics - those that matter; all where there are none
 */
export async function restatedOf({ from, to }, metrics, query, signal) {
  const shown = metrics.length > 0 ? metrics : METRICS;
  const days = asDays({ from: Date.parse(from ?? 0), to: Date.parse(to ?? 0) });
  const asked = {
    from: from && days.from, to: to && days.to, metric: shown.join(','), cursor: query.get('restated'),
    limit: PASSPORT_ROWS,
  };
  return { asked, shown, cursor: 'restated', ...await api.get('/restatements', asked, signal) };
}

/** A passport's part: unfolded, the changes themselves. */
export function restatedPanel(answer) {
  const count = answer.restatements.length;
  if (count === 0) return note(t('metrics.unrestated'));
  return h('details.details', { open: answer.asked.cursor !== null },
    h('summary', {}, t('metrics.restated', { count })), list(answer));
}

const metricName = (metric) => (metric === 'orders' ? t('figure.orders') : t(`orders.${metric}`));

function filters({ day, metric }) {
  const pairs = [['', t('orders.any')], ...METRICS.map((one) => [one, metricName(one)])];
  const chosen = select(pairs, metric ?? '', {
    onchange: (event) => setQuery({ metric: event.target.value || null, cursor: null }),
  });
  const date = input({
    type: 'date', value: day ?? '',
    onchange: (event) => setQuery({ day: event.target.value || null, cursor: null }),
  });
  return h('search.field-row', {}, field(t('orders.day'), date), field(t('orders.number'), chosen));
}

function list({ restatements, next, total, asked, shown, cursor }) {
  const rows = restatements.flatMap((row) => row.changes
    .filter((change) => shown.includes(change.metric))
    .map((change, index) => ({ ...row, ...change, isFirst: index === 0 })));
  if (rows.length === 0) {
    return emptyState({ title: t('orders.unrestated_title'), text: t('orders.unrestated_text'), next: null });
  }
  const columns = columnsFor();
  const title = t('orders.view_restated');
  const pages = pager({
    firstHref: asked.cursor && withQuery({ [cursor]: null }), nextHref: next && withQuery({ [cursor]: next }),
  });
  return panel(title, [table(title, columns, rows), pages], {
    tools: [csvButton('restatements', columns, rows)], isFlush: true,
    hint: t('orders.restated_hint', { count: total }),
  });
}

const write = (row, value) => (row.metric === 'orders' ? exact(value) : amount(value, row.currency));

function columnsFor() {
  return [
    { title: t('orders.day'), isHeader: true, cell: (row) => row.day, csv: (row) => row.day },
    { title: t('orders.number'), cell: (row) => metricName(row.metric), csv: (row) => row.metric },
    { title: t('orders.before'), isNumber: true, cell: (row) => write(row, row.before), csv: (row) => row.before },
    { title: t('orders.after'), isNumber: true, cell: (row) => write(row, row.after), csv: (row) => row.after },
    { title: t('column.currency'), csv: (row) => row.currency },
    { title: t('orders.because'), isWide: true, cell: causeCell, csv: (row) => row.name },
    { title: t('column.source'), cell: (row) => row.source, csv: (row) => row.source },
    { title: t('column.received'), cell: (row) => timeText(row.received_at), csv: (row) => row.received_at },
    { title: t('column.event_id'), csv: (row) => row.event },
    { title: t('orders.sequence'), csv: (row) => row.sequence },
  ];
}

function causeCell(row) {
  const link = h('a.link', { href: orderHref(row) }, t('subject.order', { id: row.order }));
  const more = row.facts > 1 && h('span.faint.small', {}, ' ', t('orders.and_more', { count: row.facts - 1 }));
  return h('span', { title: row.event }, eventName(row.name), ' ', link, more);
}
