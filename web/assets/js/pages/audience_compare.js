// Shares of several audiences side by side: a line with intervals for each, and the table of it.

import { h } from '../core/dom.js';
import { exact, interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { panel } from '../ui/panel.js';
import { table } from '../ui/table.js';
import { whiskerSeries } from '../ui/whisker_series.js';

const APART = 10;  // Pixels between the audiences of one category.

/**
 * @param categories - what the shares are of, such as the steps
 * @param audiences - `{ title, rates }`, a rate `{ numerator, denominator, rate, low, high }` or nothing per category
 */
export function comparedRates({ name, title, hint, categories, audiences, column }) {
  const rows = categories.flatMap((category, at) => audiences.map((one) => ({
    category, audience: one.title, ...(one.rates[at] ?? { rate: null }),
  })));
  const share = (key) => (row) => (row[key] === null || row[key] === undefined ? '–' : percent(row[key]));
  const whole = (key) => (row) => (row[key] === undefined ? '–' : exact(row[key]));
  const columns = [
    { title: column, isHeader: true, cell: (row) => row.category, csv: (row) => row.category },
    { title: t('audience.name'), cell: (row) => row.audience, csv: (row) => row.audience },
    { title: t('figure.people'), isNumber: true, cell: whole('numerator'), csv: (row) => row.numerator },
    { title: t('retention.of'), isNumber: true, cell: whole('denominator'), csv: (row) => row.denominator },
    { title: t('retention.rate'), isNumber: true, cell: share('rate'), csv: (row) => row.rate },
    { title: t('funnel.low'), isNumber: true, cell: share('low'), csv: (row) => row.low },
    { title: t('funnel.high'), isNumber: true, cell: share('high'), csv: (row) => row.high },
  ];
  const drawn = chart({
    name, label: title, option: (colour) => option(colour, categories, audiences), columns, rows, height: 280,
  });
  return panel(title, [drawn.element, h('div.flush-table', {}, table(title, columns, rows))], {
    tools: drawn.tools, hint,
  });
}

function option(colour, categories, audiences) {
  const base = chartBase(colour);
  const offset = (at) => (at - (audiences.length - 1) / 2) * APART;
  const told = (one) => (one?.rate === null || !one ? '–' : `${percent(one.rate)} (${interval(one)})`);
  const tooltip = ([{ dataIndex }]) => [
    categories[dataIndex], ...audiences.map(({ title, rates }) => `${title}  ${told(rates[dataIndex])}`),
  ].join('\n');
  return {
    ...base,
    grid: { ...base.grid, top: 44 },
    legend: { ...base.legend, show: true, top: 4, left: 8, type: 'scroll' },
    tooltip: { ...base.tooltip, formatter: tooltip },
    xAxis: categoryAxis(colour, categories),
    yAxis: valueAxis(colour, percent, { min: 0 }),
    series: audiences.flatMap(({ title, rates }, at) => [
      {
        type: 'line', name: title, data: rates.map((one) => one?.rate ?? null), symbol: 'circle', symbolSize: 7,
        symbolOffset: [offset(at), 0], itemStyle: { color: colour.series[at] },
        lineStyle: { width: 2, opacity: 0.5 },
      },
      whiskerSeries(
        rates.map((one, place) => [place, one?.low, one?.high]).filter(([, low]) => low !== null && low !== undefined),
        colour.series[at], { offset: offset(at) }
      ),
    ]),
  };
}
