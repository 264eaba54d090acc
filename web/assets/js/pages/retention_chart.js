// The share that was there in each period after the start, with its interval.

import { interval, percent } from '../core/format.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { whiskerSeries } from '../ui/whisker_series.js';

export function retentionChart({ rows, names, title, columns }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = ([{ dataIndex }]) => (
      `${names[dataIndex]}\n${percent(rows[dataIndex].rate)} (${interval(rows[dataIndex])})`
    );
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: tooltip },
      xAxis: categoryAxis(colour, names),
      yAxis: valueAxis(colour, percent, { min: 0 }),
      series: [
        {
          type: 'line', data: rows.map((row) => row.rate), symbolSize: 7, lineStyle: { width: 2 },
          itemStyle: { color: colour.series[0] },
        },
        whiskerSeries(rows.map((row, index) => [index, row.low, row.high]), colour.ink),
      ],
    };
  };
  return chart({ name: 'retention', label: title, option, columns, rows, height: 240 });
}
