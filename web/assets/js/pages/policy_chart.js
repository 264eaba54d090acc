// Estimates of policies as points with whiskers, one colour for each way of estimating.

import { interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { whiskerSeries } from '../ui/whisker_series.js';

export const ESTIMATORS = ['ips', 'snips', 'dr'];
const ROW_HEIGHT = 64;
const SPREAD = 14;

export function policyChart({ known, onPolicy, title, columns, rows }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const names = known.map((policy) => wordFor('policy', policy.policy));
    return {
      ...base,
      grid: { ...base.grid, top: 36, right: 32 },
      legend: {
        ...base.legend, show: true, top: 0, left: 0, icon: 'circle', itemWidth: 8, itemHeight: 8,
        data: ESTIMATORS.map((name) => name.toUpperCase()),
      },
      tooltip: {
        ...base.tooltip, axisPointer: { type: 'none' }, formatter: (points) => tooltip(known[points[0].dataIndex]),
      },
      xAxis: valueAxis(colour, percent, { scale: true }),
      yAxis: categoryAxis(colour, names, { inverse: true, axisLabel: { color: colour.ink } }),
      series: ESTIMATORS.flatMap((name, index) => estimatorSeries({ name, index, known, onPolicy, colour })),
    };
  };
  return chart({ name: 'policies', label: title, option, columns, rows, height: 72 + known.length * ROW_HEIGHT });
}

function estimatorSeries({ name, index, known, onPolicy, colour }) {
  const offset = (index - 1) * SPREAD;
  const color = colour.series[index];
  const found = known.map((policy) => policy.estimates.find((one) => one.estimator === name && one.value !== null));
  const ends = found.flatMap((one, row) => (one && one.low !== null ? [[row, one.low, one.high]] : []));
  const served = {
    silent: true, symbol: 'none', data: [{ xAxis: onPolicy.value }],
    precision: 8,  // ECharts rounds to two decimals otherwise, and values are small.
    lineStyle: { color: colour['line-strong'], type: 'dashed' },
    label: { formatter: t('policies.on_policy'), color: colour['ink-soft'], position: 'start' },
  };
  return [
    {
      type: 'scatter', name: name.toUpperCase(), symbol: 'circle', symbolSize: 9, symbolOffset: [0, offset], color,
      data: found.map((one, row) => [one?.value ?? null, row]),
      markLine: index === 0 && onPolicy.value !== null ? served : undefined,
    },
    whiskerSeries(ends, color, { isHorizontal: true, offset }),
  ];
}

function tooltip(policy) {
  const lines = policy.estimates.map((one) =>
    `${one.estimator.toUpperCase()}  ${percent(one.value)}  (${interval(one)})`);
  return [wordFor('policy', policy.policy), ...lines].join('\n');
}
