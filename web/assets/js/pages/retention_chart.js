// The share that was there in each period after the start, with its interval.

import { interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { beforeLine } from '../ui/comparison.js';
import { whiskerSeries } from '../ui/whisker_series.js';

export function retentionChart({ rows, before, names, title, columns }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = ([{ dataIndex: at }]) => [
      names[at], `${percent(rows[at].rate)} (${interval(rows[at])})`,
      before[at] && `${t('compare.before')}  ${percent(before[at].value)} (${interval(before[at])})`,
    ].filter(Boolean).join('\n');
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
        before.some(Boolean) && { ...beforeLine(colour.series[0]), data: before.map((one) => one?.value ?? null) },
        whiskerSeries(rows.map((row, index) => [index, row.low, row.high]), colour.ink),
      ].filter(Boolean),
    };
  };
  return chart({ name: 'retention', label: title, option, columns, rows, height: 240 });
}
