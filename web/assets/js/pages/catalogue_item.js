// One item of the catalogue: what is known of it, and how its price and stock changed.

import { api } from '../core/api.js';
import { announce, h, replace } from '../core/dom.js';
import { compact, compactMoney, exact, exactTime } from '../core/format.js';
import { t } from '../core/i18n.js';
import { amountText, minorDigits } from '../core/money.js';
import { may, session } from '../core/session.js';
import { button, field, input } from '../ui/controls.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { facts, pageHead, panel } from '../ui/panel.js';
import { asking, errorState, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { amount, money } from './orders_parts.js';

export default {
  title: () => t('catalogue.item'),
  show({ parameters }) {
    const { subject } = parameters;
    const place = asking((item) => draw(item, load), { lines: 8 });
    const load = () => place.ask((signal) => api.get(`/catalogue/${encodeURIComponent(subject)}`, {}, signal));
    load();
    const back = h('p', {}, h('a.link', { href: '/catalogue' }, t('catalogue.back')));
    return { element: h('div', {}, back, place.element), leave: place.stop };
  },
};

function draw(item, load) {
  const charts = [['price', true], ['stock', false]].map(([metric, isMoney]) => historyChart(item, metric, isMoney));
  return h('div', {}, pageHead(item.title, `${t(`kind.${item.kind}`)} · ${item.subject}`),
    h('div.stack', {},
      item.discontinued_at
        && note(t('catalogue.discontinued_since', { time: exactTime(item.discontinued_at) }), 'watch'),
      panel(t('catalogue.known'), known(item)),
      ...charts.filter(Boolean), historyPanel(item), may('operate') && editor(item, load)));
}

function known(item) {
  const texts = ['category', 'brand', 'host', 'terms', 'channel', 'form'].filter((name) => item[name])
    .map((name) => [t(`catalogue.${name}`), item[name]]);
  const pictures = item.images.map((one) => h('a.link', { href: one, target: '_blank', rel: 'noreferrer' }, one));
  return facts([
    ...texts,
    item.price && [t('catalogue.price'), money(item.price)],
    item.cost && [t('catalogue.cost'), money(item.cost)],
    item.stock !== null && [t('catalogue.stock'), exact(item.stock)],
    item.start && [t('catalogue.start'), timeText(item.start)],
    item.end && [t('catalogue.end'), timeText(item.end)],
    pictures.length > 0 && [t('catalogue.images'), h('div.stack-small', {}, ...pictures)],
    [t('catalogue.updated'), timeText(item.updated_at)],
  ]);
}

const valueText = ({ metric, value, currency }) => {
  if (metric === 'discontinued') return t(value === 1 ? 'catalogue.discontinued' : 'catalogue.offered');
  return currency ? amount(value, currency) : exact(value);
};

const historyColumns = () => [
  { title: t('catalogue.since'), isHeader: true, cell: (row) => timeText(row.time), csv: (row) => row.time },
  { title: t('orders.number'), cell: (row) => t(`catalogue.${row.metric}`), csv: (row) => row.metric },
  { title: t('catalogue.value'), isNumber: true, cell: valueText, csv: (row) => row.value },
  { title: t('column.currency'), csv: (row) => row.currency },
  { title: t('catalogue.origin'), isWide: true, cell: (row) => row.origin, csv: (row) => row.origin },
];

/** Steps: a price holds until the next one. Nothing where the number never changed. */
function historyChart(item, metric, isMoney) {
  const rows = item.history.filter((row) => row.metric === metric).reverse();
  if (rows.length < 2) return null;
  const title = t(`catalogue.${metric}_history`);
  const option = (colour) => {
    const base = chartBase(colour);
    const write = (value) => (isMoney ? compactMoney({ minor: value, currency: rows[0].currency }) : compact(value));
    const tooltip = ([{ dataIndex }]) => `${exactTime(rows[dataIndex].time)}\n${valueText(rows[dataIndex])}`;
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: tooltip },
      xAxis: categoryAxis(colour, rows.map((row) => exactTime(row.time))),
      yAxis: valueAxis(colour, write, { min: 0 }),
      series: [{
        type: 'line', step: 'end', symbol: 'circle', symbolSize: 6, data: rows.map((row) => row.value),
        lineStyle: { color: colour.series[0], width: 2 }, itemStyle: { color: colour.series[0] },
      }],
    };
  };
  const drawn = chart({ name: metric, label: title, option, columns: historyColumns(), rows, height: 208 });
  return panel(title, drawn.element, { tools: drawn.tools });
}

function historyPanel({ history, has_more_history: hasMore }) {
  const title = t('catalogue.history');
  if (history.length === 0) return panel(title, h('p.soft', {}, t('catalogue.no_history')));
  const columns = historyColumns();
  return panel(title, [table(title, columns, history), hasMore && note(t('catalogue.more_history'))], {
    tools: [csvButton('history', columns, history)], isFlush: true,
  });
}

function editor(item, load) {
  const currency = item.price?.currency ?? session().currency;
  const step = 10 ** -minorDigits(currency);
  const boxes = {
    title: input({ value: item.title, required: true, maxlength: 300 }),
    category: input({ value: item.category, maxlength: 300 }),
    brand: input({ value: item.brand, maxlength: 300 }),
    price: input({ type: 'number', min: 0, step, value: item.price ? amountText(item.price) : '' }),
    stock: input({ type: 'number', min: 0, step: 1, value: item.stock ?? '' }),
  };
  const problem = h('div');
  const save = async (patch) => {
    try {
      await api.put(`/catalogue/${encodeURIComponent(item.subject)}`, patch);
      announce(t('catalogue.saved'));
      load();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const submit = (event) => {
    event.preventDefault();
    save(patchOf(boxes, currency));
  };
  const isGone = Boolean(item.discontinued_at);
  const gone = button({
    text: t(isGone ? 'catalogue.offer_again' : 'catalogue.discontinue'), kind: isGone ? 'plain' : 'danger',
    onclick: () => save({ discontinued: !isGone }),
  });
  const labels = { price: `${t('catalogue.price')} (${currency})` };
  const form = h('form.stack-small', { onsubmit: submit },
    h('div.field-row', {},
      ...Object.entries(boxes).map(([name, box]) => field(labels[name] ?? t(`catalogue.${name}`), box))),
    problem, h('div.cluster', {}, button({ text: t('catalogue.save'), kind: 'primary', type: 'submit' }), gone));
  return panel(t('catalogue.edit'), form, { hint: t('catalogue.edit_hint') });
}

function patchOf(boxes, currency) {
  const patch = { title: boxes.title.value, category: boxes.category.value, brand: boxes.brand.value };
  if (boxes.price.value !== '') {
    const minor = Math.round(Number(boxes.price.value) * 10 ** minorDigits(currency));
    patch.price = { minor, currency };
  }
  if (boxes.stock.value !== '') patch.stock = Number(boxes.stock.value);
  return patch;
}
