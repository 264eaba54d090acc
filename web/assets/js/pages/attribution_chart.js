// The share of the credit that each model gives to each key, as points side by side, with whiskers where it has them.

import { interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { comparisonNote } from '../ui/comparison.js';
import { panel } from '../ui/panel.js';
import { whiskerSeries } from '../ui/whisker_series.js';
import { MODELS } from './attribution_question.js';
import { keyWriter, shareColumns } from './attribution_tables.js';

/** A picture holds seven series: the last touch that is not direct is in the table. */
const DRAWN = MODELS.filter((model) => model !== 'last_non_direct');
const KEYS_MAX = 6;
const SPREAD = 11;
const ROW_HEIGHT = SPREAD * (DRAWN.length + 1);

export function modelsPanel({ rows, question, compared }) {
  const most = (row) => Math.max(...MODELS.map((model) => row.models[model].share));
  const shown = [...rows].sort((one, other) => most(other) - most(one)).slice(0, KEYS_MAX)
    .map((row) => ({ ...row, place: `/rows/${rows.indexOf(row)}/models` }));
  const title = t('attribution.models');
  const drawn = chart({
    name: 'attribution', label: title, rows,
    option: (colour) => option(colour, shown, keyWriter(question.by), compared),
    columns: shareColumns(question.by), height: 84 + shown.length * ROW_HEIGHT,
  });
  return panel(title, [drawn.element, comparisonNote(compared, 'hollow')], {
    tools: drawn.tools, hint: t('attribution.models_hint'),
  });
}

function option(colour, shown, write, compared) {
  const base = chartBase(colour);
  return {
    ...base,
    grid: { ...base.grid, top: 60, right: 32 },
    legend: { ...base.legend, show: true, top: 0, left: 0, itemWidth: 8, itemHeight: 8, icon: 'circle' },
    tooltip: {
      ...base.tooltip, axisPointer: { type: 'none' }, formatter: ([point]) => tooltip(shown[point.dataIndex], write),
    },
    xAxis: valueAxis(colour, percent),
    yAxis: categoryAxis(colour, shown.map(write), {
      inverse: true, axisLabel: { color: colour.ink, width: 96, overflow: 'truncate' },
    }),
    series: DRAWN.flatMap((model, index) => modelSeries(model, index, shown, colour, compared)),
  };
}

function modelSeries(model, index, shown, colour, compared) {
  const offset = (index - (DRAWN.length - 1) / 2) * SPREAD;
  const color = colour.series[index];
  const ends = shown.flatMap((row, at) => {
    const { low, high } = row.models[model];
    return low === null ? [] : [[at, low, high]];
  });
  return [
    {
      type: 'scatter', name: t(`attribution.model_${model}`), symbolSize: 8, symbolOffset: [0, offset], color,
      data: shown.map((row, at) => [row.models[model].share, at]),
    },
    compared && {
      type: 'scatter', symbolSize: 8, symbolOffset: [0, offset], silent: true,
      itemStyle: { color: 'transparent', borderColor: color, borderWidth: 1.5, opacity: 0.8 },
      data: shown.flatMap((row, at) => {
        const before = compared.at(`${row.place}/${model}`)?.before;
        return before ? [[before.value, at]] : [];
      }),
    },
    whiskerSeries(ends, color, { isHorizontal: true, offset }),
  ].filter(Boolean);
}

function tooltip(row, write) {
  const lines = MODELS.map((model) => {
    const one = row.models[model];
    return `${t(`attribution.model_${model}`)}  ${percent(one.share)}  ${one.low === null ? '' : interval(one)}`;
  });
  return [write(row), ...lines].join('\n');
}
