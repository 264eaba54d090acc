// A metric's passport: what it comes to, how it is defined, the rows behind it, and what changed it afterwards.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exact, exactMoney } from '../core/format.js';
import { t } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { asQuery, currentRange } from '../core/range.js';
import { facts, pageHead, panel } from '../ui/panel.js';
import { asking, emptyState, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { drawAnswer, eventColumns, loadAnswer, rowPages } from './answer_passport.js';
import { isReconciled, reconcilePanel } from './metric_reconcile.js';
import {
  definitionFacts, gapText, intervalText, own, parametersOf, valueText, writerOf,
} from './metric_words.js';
import { restatedOf, restatedPanel } from './orders_restated.js';
import { linesChart } from './segmentation_chart.js';

const PAGE_ROWS = 20;

export default {
  title: () => t('metrics.passport'),
  show({ parameters, query }) {
    const { id } = parameters;
    const place = asking((answer) => draw(answer), { lines: 10 });
    const update = (now) => place.ask((signal) => load(id, now, signal));
    update(query);
    const back = h('a.back', { href: '/metric' }, t('nav.metrics'));
    return { element: h('div', {}, back, place.element), update, leave: place.stop };
  },
};

async function load(id, query, signal) {
  const [{ metrics, answers }, range] = await Promise.all([api.get('/metrics', {}, signal), currentRange(query)]);
  const passport = answers.find((one) => one.id === id);
  if (passport) return { passport: await loadAnswer(passport, query, signal) };
  const definition = metrics.find((one) => one.id === id);
  if (!definition) return { definition: null };
  const body = { metric: id, parameters: parametersOf(query), time_zone: preferences.zone };
  const offset = Math.max(0, Number(query.get('offset')) || 0);
  const [now, before, rows, restated] = await Promise.all([
    api.ask('metric', { ...body, period: 'day', ...asQuery(range) }, signal),
    range.comparison && api.ask('metric', { ...body, ...asQuery(range.comparison) }, signal),
    api.ask('metric-rows', { ...body, ...asQuery(range), offset, limit: PAGE_ROWS }, signal),
    definition.restates && restatedOf(asQuery(range), definition.restated_by, query, signal),
  ]);
  return { definition, range, query, now, before, rows, restated, offset };
}

function draw(answer) {
  const { passport, definition, query } = answer;
  if (passport) return drawAnswer(passport);
  if (!definition) {
    return emptyState({ title: t('metrics.unknown_title'), text: t('metrics.unknown_text'), next: null });
  }
  return h('div', {},
    pageHead(own(definition.name), own(definition.formula)),
    h('div.stack', {},
      h('p.result-sentence', {}, sentence(answer)),
      answer.now.total.gap && note(gapText(answer.now.total.gap), 'watch'),
      seriesPanel(answer), definitionPanel(definition), partsPanel(answer),
      isReconciled(definition.id) && reconcilePanel(definition.id, answer.range, query), rowsPanel(answer),
      answer.restated && restatedPanel(answer.restated)));
}

function sentence({ definition, now, before }) {
  const { long } = writerOf(now);
  const told = t('metrics.value_sentence', {
    name: own(definition.name), value: valueText(now.total, long),
    interval: now.total.low === null ? 'none' : intervalText(now.total, definition, long), people: now.total.people,
  });
  if (before?.total.value === null || !before) return told;
  return told + t('segmentation.before', { value: long(before.total.value) });
}

function seriesPanel({ definition, now }) {
  const title = t('segmentation.over_time');
  const { short, long } = writerOf(now);
  const cells = now.series.length > 0 ? now.series : [now.total];
  const rows = now.days.map((day, at) => ({ day, cell: cells[at] }));
  const columns = [
    { title: t('column.time'), isHeader: true, cell: (row) => h('span.nowrap', {}, row.day), csv: (row) => row.day },
    {
      title: t('metrics.value'), isNumber: true, cell: ({ cell }) => valueText(cell, long),
      csv: ({ cell }) => cell.value,
    },
    {
      title: t('metrics.interval'), cell: ({ cell }) => intervalText(cell, definition, short),
    },
    { title: t('funnel.low'), csv: ({ cell }) => cell.low }, { title: t('funnel.high'), csv: ({ cell }) => cell.high },
    {
      title: t('figure.people'), isNumber: true, cell: ({ cell }) => exact(cell.people),
      csv: ({ cell }) => cell.people,
    },
  ];
  const drawn = linesChart({
    days: now.days, series: [{ name: own(definition.name), cells }], title, columns, rows, short, long,
  });
  return panel(title, drawn.element, { tools: drawn.tools });
}

function definitionPanel(definition) {
  return panel(t('metrics.definition'), facts([
    ...definitionFacts(definition), [t('metrics.signs'), h('code', {}, definition.signs)],
    [t('metrics.unit'), t(`metrics.unit_${definition.unit}`)],
  ]));
}

/** What a part counts: of money, the minor units are written as what they are. */
const partText = (value, currency) => (currency
  ? exactMoney({ minor: Math.round(value), currency }) : exact(Math.round(value)));

function partsPanel({ now }) {
  const title = t('metrics.parts');
  const columns = [
    {
      title: t('metrics.part'), isHeader: true, isWide: true, cell: (row) => h('code', {}, row.signs),
      csv: (row) => row.signs,
    },
    {
      title: t('metrics.value'), isNumber: true, csv: (row) => row.value,
      cell: (row) => partText(row.value, row.currency),
    },
    { title: t('figure.events'), isNumber: true, cell: (row) => exact(row.events), csv: (row) => row.events },
  ];
  return panel(title, h('div.flush-table', {}, table(title, columns, now.parts)), { hint: t('metrics.parts_hint') });
}

function rowsPanel({ rows: { rows, next }, offset }) {
  const title = t('metrics.rows');
  if (rows.length === 0) return panel(title, h('p.soft', {}, t('metrics.no_rows')));
  const columns = [
    ...eventColumns(),
    {
      title: t('metrics.amount'), isNumber: true, cell: (row) => partText(row.amount, row.currency),
      csv: (row) => row.amount,
    },
    { title: t('metrics.counted_at'), cell: (row) => timeText(row.counted_at), csv: (row) => row.counted_at },
    { title: t('metrics.part'), isWide: true, cell: (row) => h('code.small', {}, row.part), csv: (row) => row.part },
  ];
  return panel(title, [table(title, columns, rows), rowPages(offset, next)], {
    tools: [csvButton('metric-rows', columns, rows)], isFlush: true, hint: t('metrics.rows_hint'),
  });
}
