// What is measured over time, a line for each group; and of each group, a bar with its interval.

import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { whiskerSeries } from '../ui/whisker_series.js';

const BAR_HEIGHT = 30;

export function linesChart({ days, series, title, columns, rows, short, long }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const value = (cell) => (cell.value === null ? '–' : long(cell.value));
    const tooltip = ([{ dataIndex }]) => [
      days[dataIndex], ...series.map(({ name, cells }) => `${name}  ${value(cells[dataIndex])}`),
    ].join('\n');
    const isOne = series.length === 1;
    return {
      ...base,
      grid: { ...base.grid, top: isOne ? 16 : 44 },
      legend: { ...base.legend, show: !isOne, top: 4, left: 8, type: 'scroll' },
      tooltip: { ...base.tooltip, formatter: tooltip },
      xAxis: categoryAxis(colour, days.map((day) => day.slice(5)), { boundaryGap: days.length === 1 }),
      yAxis: valueAxis(colour, short, { min: 0 }),
      series: [
        ...series.map(({ name, cells }, at) => ({
          type: 'line', name, data: cells.map((cell) => cell.value), symbol: 'circle', symbolSize: 5,
          showSymbol: days.length <= 40, itemStyle: { color: colour.series[at] }, lineStyle: { width: 2 },
        })),
        isOne && series[0].cells.some(({ low }) => low !== null) && whiskerSeries(
          series[0].cells.map((cell, at) => [at, cell.low, cell.high]).filter(([, low]) => low !== null), colour.ink),
      ].filter(Boolean),
    };
  };
  return chart({ name: 'segmentation', label: title, option, columns, rows, height: 280 });
}

export function barsChart({ bars, title, columns, rows, short, long }) {
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
