// How many people stand in each stage at the end of each period, one above another.

import { exact, compact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { beforeLine } from '../ui/comparison.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';

/**
 * @param before - of the other period, how many were in any stage
 * @param names - of the stages, the weakest first
 * @param labels - of the moments
 */
export function stagesChart({ moments, before, names, labels, title, columns }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = (parts) => [
      labels[parts[0].dataIndex], ...parts.toReversed().filter(({ value }) => value !== null && value !== undefined)
        .map((part) => `${part.seriesName}  ${exact(part.value)}`),
    ].join('\n');
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: tooltip },
      legend: { ...base.legend, show: true, type: 'scroll', top: 0, icon: 'roundRect', itemWidth: 10, itemHeight: 10 },
      grid: { ...base.grid, top: 36 },
      xAxis: categoryAxis(colour, labels),
      yAxis: valueAxis(colour, compact, { min: 0 }),
      series: [...names.map((name, index) => ({
        type: 'bar', name, stack: 'people', barCategoryGap: '20%', barMaxWidth: 40,
        data: moments.map((moment) => moment.people[index + 1]),
        itemStyle: { color: colour.series[index % colour.series.length] },
      })), before.some((one) => one !== null) && {
        ...beforeLine(colour.ink), name: t('stages.all_before'), data: before,
      }].filter(Boolean),
    };
  };
  return chart({ name: 'stages', label: title, option, columns, rows: moments, height: 280 });
}
