// What is measured over time, a line for each group; and of each group, a bar with its interval.

import { t } from '../core/i18n.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { beforeBar, beforeLine } from '../ui/comparison.js';
import { whiskerSeries } from '../ui/whisker_series.js';

const BAR_HEIGHT = 30;

/** @param series - `{ name, cells, before? }`: before are the values of the other period, or nulls */
export function linesChart({ days, series: given, title, columns, rows, short, long }) {
  const series = given.map((one) => ({ before: days.map(() => null), ...one }));
  const option = (colour) => {
    const base = chartBase(colour);
    const value = (cell) => (cell.value === null ? '–' : long(cell.value));
    const tooltip = ([{ dataIndex }]) => [
      days[dataIndex], ...series.map(({ name, cells, before }) => (
        `${name}  ${value(cells[dataIndex])}`
        + (before[dataIndex] === null ? '' : `  (${t('compare.before')} ${long(before[dataIndex])})`))),
    ].join('\n');
    const isOne = series.length === 1;
    return {
      ...base,
      grid: { ...base.grid, top: isOne ? 16 : 44 },
      legend: { ...base.legend, show: !isOne, data: series.map(({ name }) => name), top: 4, left: 8, type: 'scroll' },
      tooltip: { ...base.tooltip, formatter: tooltip },
      xAxis: categoryAxis(colour, days.map((day) => day.slice(5)), { boundaryGap: days.length === 1 }),
      yAxis: valueAxis(colour, short, { min: 0 }),
      series: [
        ...series.map(({ name, cells }, at) => ({
          type: 'line', name, data: cells.map((cell) => cell.value), symbol: 'circle', symbolSize: 5,
          showSymbol: days.length <= 40, itemStyle: { color: colour.series[at] }, lineStyle: { width: 2 },
        })),
        ...series.filter(({ before }) => before.some((one) => one !== null)).map(({ name, before }) => ({
          ...beforeLine(colour.series[series.findIndex((one) => one.name === name)]), data: before,
          name: `${name} (${t('compare.before')})`,
        })),
        isOne && series[0].cells.some(({ low }) => low !== null) && whiskerSeries(
          series[0].cells.map((cell, at) => [at, cell.low, cell.high]).filter(([, low]) => low !== null), colour.ink),
      ].filter(Boolean),
    };
  };
  return chart({ name: 'segmentation', label: title, option, columns, rows, height: 280 });
}

export function barsChart({ bars: given, title, columns, rows, short, long }) {
  const bars = given.map((one) => ({ before: null, ...one }));
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = ([{ dataIndex }]) => `${bars[dataIndex].name}\n${long(bars[dataIndex].value ?? 0)}`;
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: tooltip },
      xAxis: valueAxis(colour, short, { min: 0 }),
      yAxis: categoryAxis(colour, bars.map(({ name }) => name), {
        inverse: true, axisLabel: { width: 140, overflow: 'truncate' },
      }),
      series: [
        {
          type: 'bar', data: bars.map(({ value }) => value), barMaxWidth: 18, itemStyle: { color: colour.series[0] },
        },
        bars.some(({ before }) => before !== null) && beforeBar(colour, {
          data: bars.map(({ before }) => before), barMaxWidth: 18, barGap: '-100%', z: 3, silent: true,
        }),
        bars.some(({ low }) => low !== null) && whiskerSeries(
          bars.map(({ low, high }, at) => [at, low, high]).filter(([, low]) => low !== null), colour.ink,
          { isHorizontal: true }),
      ].filter(Boolean),
    };
  };
  return chart({
    name: 'segmentation-groups', label: title, option, columns, rows,
    height: Math.max(120, bars.length * BAR_HEIGHT + 40),
  });
}
