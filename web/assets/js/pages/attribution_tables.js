// The tables of attribution: all models, one model's money, pairs, and paths.

import { h } from '../core/dom.js';
import { decimal, exact, interval, percent, points } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { comparisonNote, differenceColumns } from '../ui/comparison.js';
import { panel } from '../ui/panel.js';
import { csvButton, table } from '../ui/table.js';
import { withTitle } from '../ui/controls.js';
import { moneyColumns } from '../ui/money_columns.js';
import { choice, dimensionName, MODELS } from './attribution_question.js';

const PAIRS_MAX = 10;
/** Digits of a part of a conversion that are worth reading. */
const DIGITS = 1;

/** Writes a key in words: channels have names, what else there is has the id that came. */
export const keyWriter = (by) => ({ key, kind }) => {
  if (kind !== 'named') return t(`attribution.key_${kind}`);
  return by === 'channel' ? wordFor('channel', key) : key;
};

function keyColumn(by) {
  const write = keyWriter(by);
  return {
    title: dimensionName(by), isHeader: true, cell: (row) => withTitle(write(row), row.key ?? ''),
    csv: (row) => row.key ?? write(row),
  };
}

/** Shares by model: what the picture shows, whole. */
export function shareColumns(by) {
  return [keyColumn(by), ...MODELS.flatMap((model) => {
    const title = t(`attribution.model_${model}`);
    const read = (part) => (row) => row.models[model][part];
    return [
      { title, isNumber: true, cell: (row) => percent(read('share')(row)), csv: read('share') },
      { title: `${title}, ${t('funnel.low')}`, csv: read('low') },
      { title: `${title}, ${t('funnel.high')}`, csv: read('high') },
    ];
  })];
}

export function tablePanel({ rows, question }) {
  const columns = [
    keyColumn(question.by),
    { title: t('attribution.touched'), isNumber: true, cell: (row) => exact(row.touches), csv: (row) => row.touches },
    {
      title: t('attribution.journeys'), isNumber: true, cell: (row) => exact(row.journeys.denominator),
      csv: (row) => row.journeys.denominator,
    },
    ...MODELS.map((model) => ({
      title: t(`attribution.model_${model}`), isNumber: true, csv: (row) => row.models[model].count,
      cell: (row) => withTitle(decimal(row.models[model].count, DIGITS), exact(row.models[model].count)),
    })),
  ];
  const title = t('attribution.table');
  return panel(title, table(title, columns, rows), {
    tools: [csvButton('attribution-models', columns, rows)], isFlush: true, hint: t('attribution.table_hint'),
  });
}

export function creditPanel({ rows, question, compared }) {
  const read = (row) => row.models[question.model];
  const number = (key, part) => ({
    title: t(`attribution.${key}`), isNumber: true, csv: (row) => read(row)[part],
    cell: (row) => withTitle(decimal(read(row)[part], DIGITS), exact(read(row)[part])),
  });
  const money = (key, part) => moneyColumns(t(`attribution.${key}`), rows, (row) => (
    read(row).values.map((value) => ({ minor: value[part], currency: value.currency }))
  ));
  const columns = [
    keyColumn(question.by), number('gross', 'count'), number('refunded', 'refunded'), number('net', 'net'),
    {
      title: t('attribution.share'), isNumber: true, csv: (row) => read(row).share,
      cell: (row) => h('span', {}, percent(read(row).share), ' ', h('span.faint.small', {}, interval(read(row)))),
    },
    ...differenceColumns(compared, (row) => `/rows/${rows.indexOf(row)}/models/${question.model}`),
    ...money('gross_value', 'minor'), ...money('refunded_value', 'refunded_minor'), ...money('net_value', 'net_minor'),
  ];
  const title = t('attribution.credit');
  const models = h('div.field-row', {}, choice('model', question.model));
  return panel(title, h('div.stack', {}, models, table(title, columns, rows), comparisonNote(compared, 'column')), {
    tools: [csvButton('attribution', columns, rows)], hint: t('attribution.credit_hint'),
  });
}

export function synergyPanel({ synergies, question }) {
  const shown = synergies.slice(0, PAIRS_MAX);
  const words = (row) => row.keys.map(keyWriter(question.by)).join(' + ');
  const rate = (key, part) => ({
    title: t(`attribution.${key}`), isNumber: true, csv: (row) => row[part].rate,
    cell: (row) => h('span.nowrap', {}, percent(row[part].rate), ' ',
      h('span.faint.small', {}, interval(row[part]))),
  });
  const columns = [
    { title: t('attribution.pair'), isHeader: true, cell: words, csv: words },
    {
      title: t('attribution.journeys'), isNumber: true, cell: (row) => exact(row.both.denominator),
      csv: (row) => row.both.denominator,
    },
    rate('first_only', 'first_only'), rate('second_only', 'second_only'), rate('both', 'both'),
    {
      title: t('attribution.expected'), isNumber: true, cell: (row) => percent(row.expected),
      csv: (row) => row.expected,
    },
    {
      title: t('attribution.difference'), isNumber: true, csv: (row) => row.difference,
      cell: (row) => h('span', {}, points(row.difference), ' ',
        h('span.faint.small.nowrap', {}, interval(row, points))),
    },
    { title: t('funnel.low'), csv: (row) => row.low }, { title: t('funnel.high'), csv: (row) => row.high },
  ];
  const title = t('attribution.synergy');
  return panel(title, table(title, columns, shown), {
    tools: [csvButton('attribution-pairs', columns, synergies)], isFlush: true, hint: t('attribution.synergy_hint'),
  });
}

export function pathsPanel({ paths, question }) {
  const words = (row) => row.keys.map(keyWriter(question.by)).join(' → ');
  const columns = [
    { title: t('attribution.path'), isHeader: true, isWide: true, cell: words, csv: words },
    {
      title: t('attribution.converted'), isNumber: true, cell: (row) => exact(row.journeys.numerator),
      csv: (row) => row.journeys.numerator,
    },
    {
      title: t('attribution.journeys'), isNumber: true, cell: (row) => exact(row.journeys.denominator),
      csv: (row) => row.journeys.denominator,
    },
    {
      title: t('attribution.rate'), isNumber: true, csv: (row) => row.journeys.rate,
      cell: (row) => h('span', {}, percent(row.journeys.rate), ' ', h('span.faint.small', {}, interval(row.journeys))),
    },
  ];
  const title = t('attribution.paths');
  return panel(title, table(title, columns, paths), {
    tools: [csvButton('attribution-paths', columns, paths)], isFlush: true, hint: t('attribution.paths_hint'),
  });
}
