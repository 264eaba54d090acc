// What moved GMV from one period to the next: people, conversion, orders a buyer, value an order.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compactMoney, daySpan, decimal, exact, exactMoney, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { setQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { field, select } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';

const FACTORS = ['people', 'conversion', 'orders_per_buyer', 'value_per_order'];

export const driversView = {
  async load(query, signal) {
    const [range, words] = await Promise.all([currentRange(query), vocabulary()]);
    const by = query.get('by');
    if (!range.comparison) return { range, words, by, answer: null };
    const body = { ...asQuery(range), before: asQuery(range.comparison), by: by ? [by] : [] };
    return { range, words, by, answer: await api.ask('drivers', body, signal) };
  },
  draw({ range, words, by, answer }) {
    if (!answer) return note(t('metrics.no_comparison'), 'watch');
    return h('div.stack', {},
      resultSentence([sentence(answer), ' ', changeInterval(answer)], answer),
      h('p.soft.small', {}, t('metrics.drivers_spans', {
        now: daySpan(range.from, range.to), before: daySpan(range.comparison.from, range.comparison.to),
      })),
      waterfall(answer), factorsPanel(answer), byPanel(answer, words, by));
  },
};

const money = (value, { currency }) => ({ minor: Math.round(value), currency });
const signed = (value, answer) => (value > 0 ? '+' : '') + exactMoney(money(value, answer));

function sentence(answer) {
  const { change, before, after, factors } = answer;
  const largest = factors.reduce((one, other) => (
    Math.abs(other.contribution) > Math.abs(one.contribution) ? other : one));
  return t('metrics.drivers_sentence', {
    direction: change > 0 ? 'up' : change < 0 ? 'down' : 'same', change: exactMoney(money(Math.abs(change), answer)),
    before: exactMoney(money(before.value, answer)), after: exactMoney(money(after.value, answer)),
    factor: t(`metrics.factor_${largest.name}`), part: signed(largest.contribution, answer),
  });
}

function changeInterval(answer) {
  const [low, high] = [answer.change_low, answer.change_high];
  return low === null ? t('metrics.too_few') : h('span.soft.small.nowrap', {}, t('number.interval_95', {
    interval: interval({ low, high }, (value) => signed(value, answer)),
  }));
}

function write(name, value, answer) {
  if (name === 'conversion') return percent(value);
  if (name === 'value_per_order') return exactMoney(money(value, answer));
  return name === 'people' ? exact(value) : decimal(value, 2);
}

function factorColumns(answer) {
  return [
    {
      title: t('metrics.factor'), isHeader: true, cell: ({ name }) => t(`metrics.factor_${name}`),
      csv: (row) => row.name,
    },
    {
      title: t('metrics.before'), isNumber: true, cell: (row) => write(row.name, row.before, answer),
      csv: (row) => row.before,
    },
    {
      title: t('metrics.after'), isNumber: true, cell: (row) => write(row.name, row.after, answer),
      csv: (row) => row.after,
    },
    {
      title: t('metrics.contribution'), isNumber: true, cell: (row) => signed(row.contribution, answer),
      csv: (row) => row.contribution,
    },
    {
      title: t('metrics.interval'), isNumber: true,
      cell: (row) => h('span.soft.small.nowrap', {}, intervalText(row, answer)),
    },
    { title: t('funnel.low'), csv: (row) => row.low }, { title: t('funnel.high'), csv: (row) => row.high },
  ];
}

/** Of a contribution; without one where too few people are behind it. */
const intervalText = ({ low, high }, answer) => (low === null
  ? t('metrics.too_few') : interval({ low, high }, (value) => signed(value, answer)));

function waterfall(answer) {
  const { factors, before, after } = answer;
  const title = t('metrics.waterfall');
  let level = before.value;
  const steps = factors.map(({ name, contribution }) => {
    const from = level;
    level += contribution;
    const [low, size] = [Math.min(from, level), Math.abs(contribution)];
    return { name: t(`metrics.factor_${name}`), low, size, contribution };
  });
  const bars = [
    { name: t('metrics.before'), low: 0, size: before.value, contribution: null }, ...steps,
    { name: t('metrics.after'), low: 0, size: after.value, contribution: null },
  ];
  const option = (colour) => {
    const base = chartBase(colour);
    const tone = ({ contribution }) => (contribution === null ? colour.series[0]
      : contribution >= 0 ? colour.series[2] : colour.series[3]);
    const text = (bar) => (bar.contribution === null ? exactMoney(money(bar.size, answer))
      : signed(bar.contribution, answer));
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: ([{ dataIndex }]) => `${bars[dataIndex].name}\n${text(bars[dataIndex])}` },
      xAxis: categoryAxis(colour, bars.map(({ name }) => name), {
        axisLabel: { interval: 0, width: 56, overflow: 'break' },
      }),
      yAxis: valueAxis(colour, (value) => compactMoney(money(value, answer)), { min: 0 }),
      series: [
        {
          type: 'bar', stack: 'all', silent: true, data: bars.map(({ low }) => low),
          itemStyle: { color: 'transparent' },
        },
        {
          type: 'bar', stack: 'all', barMaxWidth: 44,
          data: bars.map((bar) => ({ value: bar.size, itemStyle: { color: tone(bar) } })),
        },
      ],
    };
  };
  const drawn = chart({
    name: 'drivers', label: title, option, columns: factorColumns(answer), rows: factors, height: 280,
  });
  return panel(title, drawn.element, { tools: drawn.tools });
}

function factorsPanel(answer) {
  const title = t('metrics.factors');
  const columns = factorColumns(answer);
  return panel(title, h('div.flush-table', {}, table(title, columns, answer.factors)), {
    tools: [csvButton('drivers', columns, answer.factors)], hint: t('metrics.factors_hint'),
  });
}

function byPanel(answer, words, by) {
  const names = ['channel', ...words.properties.filter((one) => one.has_texts).map(({ name }) => name)];
  const nameOf = (name) => (name === 'channel' ? t('segmentation.by_channel') : wordFor('property', name));
  const chosen = select([['', t('segmentation.by_none')], ...names.map((name) => [name, nameOf(name)])], by ?? '', {
    onchange: ({ target }) => setQuery({ by: target.value || null }),
  });
  const title = t('metrics.by_title');
  const keyText = ({ key, others }) => {
    if (key === null) return t(others ? 'segmentation.others' : 'segmentation.none');
    return by === 'channel' ? wordFor('channel', key) : key;
  };
  const columns = [
    { title: t('segmentation.group'), isHeader: true, cell: keyText, csv: (row) => row.key },
    ...FACTORS.map((name, at) => ({
      title: t(`metrics.factor_${name}`), isNumber: true, cell: (row) => signed(row.contributions[at], answer),
      csv: (row) => row.contributions[at],
    })),
    {
      title: t('metrics.contribution'), isNumber: true, cell: (row) => signed(row.after - row.before, answer),
      csv: (row) => row.after - row.before,
    },
  ];
  const shown = answer.groups.length > 0 && h('div.flush-table', {}, table(title, columns, answer.groups));
  return panel(title, [h('div.field-row', {}, field(t('segmentation.by'), chosen)), shown], {
    hint: t('metrics.by_hint'),
  });
}
