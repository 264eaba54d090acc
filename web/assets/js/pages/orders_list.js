// The orders, found by what they are; each unfolds to its facts.

import { api } from '../core/api.js';
import { debounce, h } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { amountText } from '../core/money.js';
import { setQuery, withQuery } from '../core/router.js';
import { badge, button, field, input, select } from '../ui/controls.js';
import { icon } from '../ui/icons.js';
import { panel } from '../ui/panel.js';
import { asking, emptyState, note } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { eventName, personLink, timeText } from '../ui/words.js';
import { conflictWords, daysOf, money } from './orders_parts.js';

const PAGE_ROWS = 50;
const STATES = ['created', 'paid', 'shipped', 'completed', 'cancelled', 'refunded_in_part', 'refunded'];
const TONES = {
  created: 'plain', paid: 'good', shipped: 'good', completed: 'good', cancelled: 'bad', refunded_in_part: 'watch',
  refunded: 'bad',
};

export const listView = {
  async load(query, signal) {
    const asked = {
      state: query.get('state'), person: query.get('person'), source: query.get('source'),
      conflict: query.get('conflict'), cursor: query.get('cursor'), limit: PAGE_ROWS,
    };
    const one = query.get('order');
    if (one) return { asked, one: await orderOf({ order: one, source: asked.source }, signal) };
    return { asked, ...await api.get('/orders', { ...asked, ...await daysOf(query) }, signal) };
  },
  draw(answer) {
    if (answer.one) return h('div.stack', {}, back(), onePanel(answer.one));
    return h('div.stack', {}, filters(answer), list(answer));
  },
};

const orderOf = ({ order, source }, signal) => api.get(`/orders/${encodeURIComponent(order)}`, { source }, signal);

function back() {
  return h('p', {}, h('a.link', { href: withQuery({ order: null, source: null }) }, t('orders.all')));
}

function onePanel(order) {
  const columns = columnsFor([order], false);
  const title = t('subject.order', { id: order.order });
  return panel(title, [table(title, columns, [order]), factsOf(order)], { isFlush: true });
}

function filters({ asked, sources }) {
  const change = (name) => (event) => setQuery({ [name]: event.target.value || null, cursor: null });
  const any = [['', t('orders.any')]];
  const state = select([...any, ...STATES.map((one) => [one, t(`order_state.${one}`)])], asked.state ?? '', {
    onchange: change('state'),
  });
  const source = select([...any, ...sources.map((one) => [one, one])], asked.source ?? '', {
    onchange: change('source'),
  });
  const fit = select([...any, ['true', t('orders.in_conflict')], ['false', t('orders.in_order')]],
    asked.conflict ?? '', { onchange: change('conflict') });
  const person = input({ type: 'search', value: asked.person ?? '' });
  person.addEventListener('input', debounce(300, () => (
    setQuery({ person: person.value.trim() || null, cursor: null }, { isReplacing: true }))));
  return h('search.field-row', {}, field(t('column.state'), state), field(t('column.source'), source),
    field(t('column.person'), person), field(t('orders.facts_fit'), fit));
}

function list({ orders, next, total, asked }) {
  if (orders.length === 0) {
    const clear = h('a.button.is-plain', {
      href: withQuery({ state: null, person: null, source: null, conflict: null, cursor: null, range: 'all' }),
    }, t('orders.clear'));
    return emptyState({
      title: total > 0 ? t('orders.none_title') : t('orders.empty_title'),
      text: total > 0 ? t('orders.none_text') : t('orders.empty_text'), next: total > 0 && clear,
    });
  }
  const columns = columnsFor(orders, true);
  const title = t('orders.list');
  const pages = pager({
    firstHref: asked.cursor && withQuery({ cursor: null }), nextHref: next && withQuery({ cursor: next }),
  });
  return panel(title, [table(title, columns, orders), pages], {
    tools: [csvButton('orders', columns, orders)], isFlush: true, hint: t('orders.list_hint', { count: total }),
  });
}

function columnsFor(rows, isUnfolding) {
  const amount = (name, title) => ({
    title, isNumber: true, cell: (row) => money(row[name]), csv: (row) => (row[name] ? amountText(row[name]) : ''),
  });
  const time = (name) => ({
    title: t(`orders.${name}`), cell: (row) => timeText(row[name]), csv: (row) => row[name],
  });
  return [
    {
      title: t('column.order'), isHeader: true, isWide: true, csv: (row) => row.order,
      cell: (row) => (isUnfolding ? unfolding(row) : row.order),
    },
    { title: t('column.state'), cell: stateCell, csv: (row) => row.state },
    { title: t('column.person'), cell: (row) => personLink(row.person), csv: (row) => row.person },
    { title: t('column.source'), cell: (row) => row.source, csv: (row) => row.source },
    amount('paid', t('orders.gross')),
    amount('refunded', t('orders.refunded')),
    amount('net', t('orders.net')),
    { title: t('column.currency'), csv: (row) => row.paid?.currency ?? '' },
    time('created_at'), time('paid_at'),
    { title: t('orders.conflicts'), csv: (row) => row.conflicts },
  ];
}

function stateCell(row) {
  const state = badge(t(`order_state.${row.state}`), TONES[row.state]);
  if (row.conflicts === 0) return state;
  return h('span.cluster', {}, state, badge(t('orders.conflict_count', { count: row.conflicts }), 'watch', 'alert'));
}

/** A row of its own under the order's, as wide as the table; the facts are asked for when they are looked at. */
function unfolding(row) {
  let below = null;
  const toggle = button({ text: row.order, sign: 'right', kind: 'quiet', 'aria-expanded': 'false', onclick: () => {
    const line = toggle.closest('tr');
    if (below) below.remove();
    below = below ? null : unfolded(row, line.cells.length);
    if (below) line.after(below);
    toggle.setAttribute('aria-expanded', String(Boolean(below)));
    toggle.querySelector('svg').replaceWith(icon(below ? 'down' : 'right'));
  } });
  return toggle;
}

function unfolded(row, width) {
  const place = asking(factsOf, { lines: 3 });
  place.ask((signal) => orderOf(row, signal));
  return h('tr.unfolded', {}, h('td', { colspan: width }, place.element));
}

function factsOf({ facts, also_in: alsoIn, facts_lost: lost, order }) {
  const columns = [
    { title: t('column.time'), isHeader: true, cell: (fact) => timeText(fact.time) },
    { title: t('column.event'), cell: (fact) => eventName(fact.name) },
    { title: t('column.amount'), isNumber: true, cell: (fact) => money(fact.amount) },
    { title: t('column.received'), cell: (fact) => timeText(fact.received_at) },
    { title: t('orders.counts'), isWide: true, cell: conflictCell },
    { title: t('column.event_id'), cell: (fact) => h('code.small', {}, fact.event ?? '–') },
  ];
  return h('div.stack-small', {},
    table(t('orders.facts', { order }), columns, facts),
    alsoIn.length > 0 && note(t('orders.also_in', { sources: alsoIn.join(', ') }), 'watch'),
    lost > 0 && note(t('orders.facts_lost', { count: exact(lost) }), 'watch'));
}

function conflictCell({ conflict }) {
  if (!conflict) return badge(t('orders.counted'), 'good', 'check');
  return h('span', {},
    badge(wordFor('order_conflict', conflict.reason), 'watch', 'alert'),
    h('span.soft.small', {}, ' ', conflictWords(conflict)));
}
