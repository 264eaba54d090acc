// What the orders of each day come to, and which days were restated.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compactMoney, exact, exactMoney } from '../core/format.js';
import { t } from '../core/i18n.js';
import { amountText } from '../core/money.js';
import { setQuery, withQuery } from '../core/router.js';
import { badge, copyBlock, segmented, withTitle } from '../ui/controls.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { figure, figures, panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { emptyState } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { amount, daysOf } from './orders_parts.js';

const EXAMPLE = '{"person": "ana", "name": "order_paid", "subject": "order:1", '
  + '"value": {"amount": 99, "currency": "CNY"}}';
const DAY_MS = 86_400_000;
const AMOUNTS = ['gross', 'refunded', 'cancelled', 'net'];

export const daysView = {
  async load(query, signal) {
    const answer = await api.get('/orders/totals', await daysOf(query), signal);
    const chosen = answer.sums.find((one) => one.currency === query.get('currency')) ?? answer.sums[0];
    return { ...answer, chosen };
  },
  draw(answer) {
    const { chosen, days, sums } = answer;
    if (!chosen) {
      return emptyState({
        title: t('orders.empty_title'), text: t('orders.empty_text'), next: copyBlock(EXAMPLE),
      });
    }
    const rows = days.filter((row) => row.currency === chosen.currency);
    const choose = sums.length > 1 && segmented(t('column.currency'), sums.map((one) => [one.currency, one.currency]),
      chosen.currency, (currency) => setQuery({ currency }, { isReplacing: true }));
    return h('div.stack', {}, sentence(answer, chosen, rows), totals(chosen), chartPanel(answer, rows, choose),
      daysPanel(rows, answer));
  },
};

function sentence(answer, sum, rows) {
  const restated = rows.filter((row) => row.restated).length;
  const words = { net: amount(sum.net_minor, sum.currency), orders: sum.orders, count: restated };
  return resultSentence([t('orders.sentence', words), ' ', t('orders.sentence_restated', words)], answer);
}

function totals(sum) {
  const one = (name) => {
    const value = { minor: sum[`${name}_minor`], currency: sum.currency };
    return figure(t(`orders.${name}`), withTitle(compactMoney(value), exactMoney(value)),
      h('dd.figure-hint', {}, t(`orders.${name}_hint`)));
  };
  return figures(one('net'), one('gross'), one('refunded'), one('cancelled'),
    figure(t('figure.orders'), exact(sum.orders), h('dd.figure-hint', {}, t('orders.orders_hint', {
      refunded: sum.refunded_orders, cancelled: sum.cancelled_orders,
    }))));
}

/** Every day of the period, those without orders too. */
function everyDay({ from, to, chosen }, rows) {
  const known = new Map(rows.map((row) => [row.day, row]));
  const first = Math.max(Date.parse(from), Date.parse(rows.at(-1)?.day ?? to));
  const count = Math.floor((Date.parse(to) - first) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(first + index * DAY_MS).toISOString().slice(0, 10);
    return known.get(day) ?? { day, currency: chosen.currency, net_minor: 0, gross_minor: 0, restated: false };
  });
}

function columns() {
  const money = (name) => ({
    title: t(`orders.${name}`), isNumber: true, cell: (row) => amount(row[`${name}_minor`], row.currency),
    csv: (row) => amountText({ minor: row[`${name}_minor`] ?? 0, currency: row.currency }),
  });
  return [
    { title: t('column.day'), isHeader: true, cell: (row) => row.day, csv: (row) => row.day },
    {
      title: t('figure.orders'), isNumber: true, cell: (row) => exact(row.orders ?? 0), csv: (row) => row.orders ?? 0,
    },
    ...AMOUNTS.map(money),
    { title: t('column.currency'), csv: (row) => row.currency },
  ];
}

function chartPanel(answer, rows, choose) {
  const days = everyDay(answer, rows);
  const title = t('orders.by_day');
  const drawn = chart({
    name: 'orders', label: title, columns: columns(), rows: days, option: (colour) => chartOption(colour, days),
  });
  const tools = [choose, ...drawn.tools].filter(Boolean);
  return panel(title, drawn.element, { tools, hint: t('orders.by_day_hint') });
}

function chartOption(colour, days) {
  const base = chartBase(colour);
  const currency = days[0]?.currency;
  const tooltip = ([{ dataIndex }]) => {
    const row = days[dataIndex];
    const lines = ['net', 'gross'].map((name) => `${t(`orders.${name}`)}  ${amount(row[`${name}_minor`], currency)}`);
    return [row.day, ...lines, row.restated && t('orders.restated')].filter(Boolean).join('\n');
  };
  const line = { type: 'line', symbol: 'none' };
  const marks = days.map((row) => (row.restated ? row.net_minor : null));
  return {
    ...base,
    grid: { ...base.grid, top: 36 },
    legend: { ...base.legend, show: true, top: 0, left: 0 },
    tooltip: { ...base.tooltip, formatter: tooltip },
    xAxis: categoryAxis(colour, days.map((row) => row.day.slice(5)), { boundaryGap: days.length === 1 }),
    yAxis: valueAxis(colour, (minor) => compactMoney({ minor, currency }), { min: 0 }),
    series: [
      {
        ...line, name: t('orders.gross'), data: days.map((row) => row.gross_minor),
        lineStyle: { color: colour['line-strong'], width: 1.5, type: 'dashed' },
        itemStyle: { color: colour['line-strong'] },
      },
      {
        ...line, name: t('orders.net'), data: days.map((row) => row.net_minor),
        lineStyle: { color: colour.series[0], width: 2 }, itemStyle: { color: colour.series[0] },
        areaStyle: { color: colour['chart-area'] },
      },
      marks.some((mark) => mark !== null) && {
        type: 'scatter', name: t('orders.restated'), symbol: 'diamond', symbolSize: 9, data: marks,
        itemStyle: { color: colour.series[1] },
      },
    ].filter(Boolean),
  };
}

function daysPanel(rows, { time_zone: zone }) {
  const title = t('orders.days');
  const marked = [...columns(), {
    title: t('orders.restated'), cell: restatedCell, csv: (row) => row.restatements,
  }];
  return panel(title, table(title, marked, rows), {
    tools: [csvButton('orders', marked, rows)], isFlush: true, hint: t('orders.days_hint', { zone }),
  });
}

function restatedCell(row) {
  if (!row.restated) return null;
  const href = withQuery({ view: 'restated', day: row.day, currency: null });
  return h('a.link', { href }, badge(t('orders.restated_times', { count: row.restatements }), 'watch', 'clock'));
}
