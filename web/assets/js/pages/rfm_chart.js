// The share of buyers that each segment has, with its interval.

import { interval, percent } from '../core/format.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { whiskerSeries } from '../ui/whisker_series.js';

export function rfmChart({ segments, names, title, columns }) {
  const shares = segments.map(({ people }) => people);
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = ([{ dataIndex }]) => (
      `${names[dataIndex]}\n${percent(shares[dataIndex].rate)} (${interval(shares[dataIndex])})`
    );
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: tooltip },
      xAxis: valueAxis(colour, percent, { min: 0 }),
      yAxis: categoryAxis(colour, names, { inverse: true, axisLabel: { interval: 0 } }),
      series: [
        { type: 'bar', data: shares.map(({ rate }) => rate), barMaxWidth: 18, itemStyle: { color: colour.series[0] } },
        whiskerSeries(shares.map(({ low, high }, index) => [index, low, high]), colour.ink, { isHorizontal: true }),
      ],
    };
  };
  return chart({ name: 'rfm', label: title, option, columns, rows: segments, height: 280 });
}
