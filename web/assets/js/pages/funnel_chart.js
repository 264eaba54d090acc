// The steps of a funnel as bars with the interval of each share.

import { compact, exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { beforeBar } from '../ui/comparison.js';
import { whiskerSeries } from '../ui/whisker_series.js';

/** @param before - the share of each step in the other period, or null; drawn of as many people as began now */
export function funnelChart({ steps, before, title, columns }) {
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = ([{ dataIndex }]) => {
      const step = steps[dataIndex];
      return `${wordFor('event', step.name)}\n${t('figure.people')}  ${exact(step.people)}\n`
        + `${t('funnel.from_first')}  ${percent(step.rate_from_first.rate)} (${interval(step.rate_from_first)})`
        + (before[dataIndex] === null ? '' : `\n${t('compare.before')}  ${percent(before[dataIndex])}`);
    };
    const first = Math.max(steps[0].people, 1);
    const ends = steps.slice(1).map((step, index) => [
      index + 1, step.rate_from_first.low * first, step.rate_from_first.high * first,
    ]);
    return {
      ...base,
      grid: { ...base.grid, top: 28 },
      tooltip: { ...base.tooltip, axisPointer: { type: 'none' }, formatter: tooltip },
      xAxis: categoryAxis(
        colour, steps.map((step) => wordFor('event', step.name)),
        { axisLabel: { interval: 0, width: 128, overflow: 'truncate' } }
      ),
      yAxis: valueAxis(colour, compact, { min: 0 }),
      series: [
        {
          type: 'bar', data: steps.map((step) => step.people), barMaxWidth: 72,
          itemStyle: { color: colour.series[0], borderRadius: [3, 3, 0, 0] },
        },
        before.some((one) => one !== null) && beforeBar(colour, {
          data: before.map((one) => (one === null ? null : one * first)), barMaxWidth: 72, barGap: '-100%', z: 3,
          silent: true,
        }),
        whiskerSeries(ends, colour.ink),
        shares(steps, first, colour),
      ].filter(Boolean),
    };
  };
  return chart({ name: 'funnel', label: title, option, columns, rows: steps, height: 280 });
}

/** The share of each step, above the end of its interval. */
function shares(steps, first, colour) {
  const top = (step, index) => [index, index === 0 ? step.people : step.rate_from_first.high * first];
  return {
    type: 'scatter', symbolSize: 1, silent: true, data: steps.map(top), itemStyle: { color: 'transparent' },
    label: {
      show: true, position: 'top', color: colour.ink, fontSize: 12,
      formatter: ({ dataIndex }) => percent(steps[dataIndex].rate_from_first.rate),
    },
  };
}
