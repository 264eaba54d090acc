// Charts of lifecycle: stacked bars, a share over days with its band, and estimates with whiskers.

import { compact, exact, interval, percent } from '../core/format.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { whiskerSeries } from '../ui/whisker_series.js';

/** Above it an axis of shares ends at 100% and not beyond. */
const ALMOST_ALL = 0.75;

/**
 * Bars upon each other, with those of one kind below zero.
 * @param kinds - `{ name, read(row) }`; @param below - one of their kind
 */
export function stackChart({ name, title, columns, rows, names, kinds, below }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const bar = ({ name: text, read }, color, sign) => ({
      name: text, type: 'bar', stack: 'all', barMaxWidth: 48, itemStyle: { color },
      data: rows.map((row) => sign * read(row)),
    });
    const tooltip = (bars) => [
      names[bars[0].dataIndex], ...bars.map((one) => `${one.seriesName}  ${exact(Math.abs(one.value))}`),
    ].join('\n');
    return {
      ...base,
      grid: { ...base.grid, top: 40 },
      legend: { ...base.legend, show: true, top: 0, left: 'center', icon: 'roundRect', itemWidth: 10, itemHeight: 10 },
      tooltip: { ...base.tooltip, axisPointer: { type: 'shadow' }, formatter: tooltip },
      xAxis: categoryAxis(colour, names, { axisLine: { onZero: false, lineStyle: { color: colour.line } } }),
      yAxis: valueAxis(colour, (value) => compact(Math.abs(value))),
      series: [
        ...kinds.map((kind, at) => bar(kind, colour.series[at], 1)),
        ...(below ? [bar(below, colour['chart-rest'], -1)] : []),
      ],
    };
  };
  return chart({ name, label: title, option, columns, rows, height: 300 });
}

/** A share in 0...1 over days, with its interval as a band; `rows` are rates. */
export function shareChart({ name, title, columns, rows, names, read }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const rates = rows.map(read);
    const line = { type: 'line', symbol: 'none', silent: true, stack: 'band', lineStyle: { opacity: 0 } };
    const tooltip = (found) => {
      const at = found[0].dataIndex;
      return `${names[at]}\n${percent(rates[at].rate)} (${interval(rates[at])})`;
    };
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: tooltip },
      xAxis: categoryAxis(
        colour, names, { boundaryGap: false, axisLabel: { alignMinLabel: 'left', alignMaxLabel: 'right' } }
      ),
      yAxis: valueAxis(colour, percent, { min: 0, max: ({ max }) => (max > ALMOST_ALL ? 1 : null) }),
      series: [
        { ...line, data: rates.map((rate) => rate.low) },
        {
          ...line, data: rates.map(({ low, high }) => (low === null ? null : high - low)),
          areaStyle: { color: colour['chart-area'], opacity: 1 },
        },
        {
          type: 'line', data: rates.map(({ rate }) => rate), symbolSize: 5, lineStyle: { width: 2 },
          itemStyle: { color: colour.series[0] },
        },
      ],
    };
  };
  return chart({ name, label: title, option, columns, rows, height: 260 });
}

/** Bars with whiskers; `read` gives `{ value, low, high }`, `write` the text of a value. */
export function estimateChart({ name, title, columns, rows, names, read, write }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = ([{ dataIndex }]) => {
      const one = read(rows[dataIndex]);
      return `${names[dataIndex]}\n${write(one.value)} ${one.low === null ? '' : `(${interval(one, write)})`}`;
    };
    const known = rows.map((row, at) => [at, read(row).low, read(row).high]).filter(([, low]) => low !== null);
    return {
      ...base,
      tooltip: { ...base.tooltip, axisPointer: { type: 'none' }, formatter: tooltip },
      xAxis: categoryAxis(colour, names),
      yAxis: valueAxis(colour, write, { min: 0 }),
      series: [
        {
          type: 'bar', data: rows.map((row) => read(row).value), barMaxWidth: 40,
          itemStyle: { color: colour.series[0], borderRadius: [3, 3, 0, 0] },
        },
        whiskerSeries(known, colour.ink),
      ],
    };
  };
  return chart({ name, label: title, option, columns, rows, height: 260 });
}
