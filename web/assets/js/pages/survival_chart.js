// Curves of those who still wait, each a staircase with its interval as a band.

import { interval, percent } from '../core/format.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';

export function survivalChart({ groups, title, columns, rows, length }) {
  const most = Math.max(...groups.map(({ curve }) => curve.length));
  const names = Array.from({ length: most + 1 }, (_, count) => length(count));
  const option = (colour) => {
    const base = chartBase(colour);
    const isMany = groups.length > 1;
    return {
      ...base,
      grid: { ...base.grid, top: isMany ? 36 : base.grid.top },
      legend: { ...base.legend, show: isMany, top: 0, data: groups.map(({ name }) => name) },
      tooltip: { ...base.tooltip, formatter: ([{ dataIndex }]) => said(groups, names, dataIndex) },
      xAxis: categoryAxis(colour, names, { boundaryGap: false }),
      yAxis: valueAxis(colour, percent, { min: 0, max: 1, interval: 0.25 }),
      series: groups.flatMap((group, index) => series(group, colour.series[index % colour.series.length])),
    };
  };
  return chart({ name: 'survival', label: title, option, columns, rows, height: 280 });
}

function said(groups, names, place) {
  const lines = groups.map(({ name, curve }) => {
    const point = curve[place - 1];
    if (place > 0 && !point) return null;
    const share = point ? `${percent(point.waiting)} (${interval(point)})` : percent(1);
    return groups.length > 1 ? `${name}: ${share}` : share;
  });
  return [names[place], ...lines.filter(Boolean)].join('\n');
}

/** The line, and below it two that are stacked: nothing up to the low end, a band from there to the high end. */
function series({ name, curve }, color) {
  const from = (read, first) => [first, ...curve.map(read)];
  const stair = { type: 'line', step: 'end', symbol: 'none', silent: true };
  const bound = { ...stair, stack: `band ${name}`, lineStyle: { width: 0 }, tooltip: { show: false } };
  return [
    { ...bound, name: `${name} low`, data: from((point) => point.low, 1) },
    {
      ...bound, name: `${name} high`, data: from((point) => point.high - point.low, 0),
      areaStyle: { color, opacity: 0.18 },
    },
    { ...stair, name, data: from((point) => point.waiting, 1), lineStyle: { width: 2, color }, itemStyle: { color } },
  ];
}
