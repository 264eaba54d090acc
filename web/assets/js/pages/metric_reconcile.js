// The platform says one number, we say another: what lies between, and how much of it is left unexplained.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exact, exactMoney } from '../core/format.js';
import { t } from '../core/i18n.js';
import { minorDigits } from '../core/money.js';
import { asQuery } from '../core/range.js';
import { setQuery } from '../core/router.js';
import { field, input } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { asking } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';

const MONEY = ['gmv', 'gmv_created', 'net_sales'];
const COUNTS = ['orders', 'buyers'];
const LATE_MS = 7_200_000;  // A day that ends at two in the morning, as shows do.

export const isReconciled = (id) => MONEY.includes(id) || COUNTS.includes(id);

export function reconcilePanel(id, range, query) {
  const asked = Number(query.get('platform'));
  const said = query.get('platform') && Number.isFinite(asked) ? asked : null;
  const isMoney = MONEY.includes(id);
  const place = asking((found) => draw(found, said), { lines: 3 });
  place.ask((signal) => (isMoney ? moneyBetween : countBetween)(id, range, signal));
  const box = input({
    type: 'number', min: 0, step: isMoney ? 0.01 : 1, inputmode: 'decimal', value: said ?? '',
    onchange: ({ target }) => setQuery({ platform: target.value || null }),
  });
  return panel(t('metrics.reconcile'), h('div.stack', {},
    field(t('metrics.platform_says'), box, t(isMoney ? 'metrics.platform_hint' : 'metrics.platform_count_hint')),
    place.element), {
    hint: t('metrics.reconcile_hint'),
    tools: [h('a.link', { href: '/orders?view=reconciliation' }, t('metrics.by_day'))],
  });
}

const later = ({ from, to }) => ({ from: from + LATE_MS, to: to + LATE_MS });

/** Asks for what a metric comes to, and for counts of events; null where there were none. */
function asker(range, signal) {
  const metric = (name, span = range) => api.ask('metric', { metric: name, ...asQuery(span) }, signal);
  const counted = async (name, measure) => {
    const { total } = await api.ask('segmentation', { event: { name }, measure, ...asQuery(range) }, signal);
    return total.events > 0 ? total.value : null;
  };
  return { metric, counted };
}

const less = (one, other) => (one === null || other === null ? null : one - other);

/** What would make ours another number: each by how much, null where the events for it never came. */
async function moneyBetween(id, range, signal) {
  const { metric, counted } = asker(range, signal);
  const [paid, created, net, late, own, lines] = await Promise.all([
    ...['gmv', 'gmv_created', 'net_sales'].map((name) => metric(name)), metric(id, later(range)), metric(id),
    counted('product_purchased', 'sum'),
  ]);
  const [ours, gmv] = [own.total.value ?? 0, paid.total.value ?? 0];
  const unpaid = less(created.total.value, gmv);
  const refunds = less(net.total.value, gmv);
  return {
    ours, currency: paid.currency, causes: [
      { name: 'unpaid', by: id === 'gmv_created' ? less(0, unpaid) : unpaid },
      { name: 'refunds', by: id === 'net_sales' ? less(0, refunds) : refunds },
      { name: 'window', by: less(late.total.value ?? 0, ours) },
      { name: 'unit_item', by: less(lines, gmv), isUnit: true },
    ],
  };
}

async function countBetween(id, range, signal) {
  const { metric, counted } = asker(range, signal);
  const [orders, buyers, refunds, units, late, created] = await Promise.all([
    ...['orders', 'buyers', 'refund_rate', 'unit_price'].map((name) => metric(name)), metric(id, later(range)),
    counted('order_created', id === 'orders' ? 'events' : 'people'),
  ]);
  const [one, other] = id === 'orders' ? [orders, buyers] : [buyers, orders];
  const ours = one.total.value ?? 0;
  return {
    ours, currency: null, causes: [
      { name: 'unpaid', by: less(created, ours) }, { name: 'refunds', by: less(0, refunds.total.top) },
      { name: 'window', by: less(late.total.value ?? 0, ours) },
      { name: id === 'orders' ? 'unit_person' : 'unit_order', by: less(other.total.value ?? 0, ours), isUnit: true },
      { name: 'unit_item', by: less(units.total.bottom || null, ours), isUnit: true },
    ],
  };
}

/**
 * The causes that together bring ours nearest to theirs, the fewest of those that do alike; units exclude each other.
 * @returns the causes, and what is left
 */
export function explain(difference, causes) {
  const known = causes.filter(({ by }) => by);
  let best = { taken: [], left: difference };
  for (let set = 1; set < 1 << known.length; set += 1) {
    const taken = known.filter((_, at) => set >> at & 1);
    if (taken.filter(({ isUnit }) => isUnit).length > 1) continue;
    const left = difference - taken.reduce((sum, { by }) => sum + by, 0);
    const gain = Math.abs(best.left) - Math.abs(left);
    if (gain > 0 || (gain === 0 && taken.length < best.taken.length)) best = { taken, left };
  }
  return best;
}

function draw({ ours, currency, causes }, said) {
  const write = (value) => (currency ? exactMoney({ minor: Math.round(value), currency }) : exact(Math.round(value)));
  const signed = (value) => (value > 0 ? '+' : '') + write(value);
  const theirs = said === null ? null : Math.round(said * (currency ? 10 ** minorDigits(currency) : 1));
  const { taken, left } = theirs === null ? { taken: [], left: null } : explain(theirs - ours, causes);
  const line = (name, value, text, isStrong) => ({ name, value, text, isStrong });
  const rows = [
    line('ours', ours, write(ours), true),
    ...causes.map((cause) => line(
      cause.name, cause.by, cause.by === null ? '–' : signed(cause.by), taken.includes(cause)
    )),
    ...(theirs === null ? []
      : [line('left', left, signed(left), left !== 0), line('theirs', theirs, write(theirs), true)]),
  ];
  const columns = [
    {
      title: t('metrics.between'), isHeader: true, isWide: true, csv: (row) => row.name,
      cell: (row) => h(row.isStrong ? 'strong' : 'span.soft', {}, t(`metrics.between_${row.name}`)),
    },
    { title: t('metrics.amount_of'), isNumber: true, cell: (row) => row.text, csv: (row) => row.value },
    theirs !== null && {
      title: t('metrics.taken'), cell: (row) => takenText(row, causes, taken),
      csv: (row) => taken.some(({ name }) => name === row.name),
    },
  ].filter(Boolean);
  const told = theirs !== null && h('p', { role: 'status' },
    [
      t('metrics.explained', { difference: signed(theirs - ours) }), causesText(taken), leftText(left, signed),
    ].join(' '));
  return h('div.stack-small', {}, told,
    h('div.flush-table', {}, table(t('metrics.reconcile'), columns, rows)),
    h('div', {}, csvButton('reconcile', columns, rows)));
}

function takenText({ name, value }, causes, taken) {
  if (!causes.some((cause) => cause.name === name)) return '';
  if (value === null) return t('metrics.taken_unknown');
  return t(taken.some((cause) => cause.name === name) ? 'metrics.taken_yes' : 'metrics.taken_no');
}

const causesText = (taken) => (taken.length === 0 ? t('metrics.explained_none') : t('metrics.explained_by', {
  causes: taken.map(({ name }) => t(`metrics.between_${name}`)).join(t('metrics.and')),
}));

const leftText = (left, signed) => (left === 0
  ? t('metrics.left_none') : t('metrics.left_some', { left: signed(left) }));
