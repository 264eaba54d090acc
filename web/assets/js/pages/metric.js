// A metric's passport: what it comes to, how it is defined, the rows behind it, and what changed it afterwards.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exact, exactMoney } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { asQuery, currentRange } from '../core/range.js';
import { withQuery } from '../core/router.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState, note } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { personLink, subjectText, timeText } from '../ui/words.js';
import { reconcilePanel } from './metric_reconcile.js';
import { gapText, intervalText, own, parametersOf, valueText, writerOf } from './metric_words.js';
import { restatedView } from './orders_restated.js';
import { linesChart } from './segmentation_chart.js';

const PAGE_ROWS = 20;
const RECONCILED = ['gmv', 'gmv_created', 'net_sales'];

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
  const [{ metrics }, range] = await Promise.all([api.get('/metrics', {}, signal), currentRange(query)]);
  const definition = metrics.find((one) => one.id === id);
  if (!definition) return { definition: null };
  const body = { metric: id, parameters: parametersOf(query), time_zone: preferences.zone };
  const offset = Math.max(0, Number(query.get('offset')) || 0);
  const [now, before, rows, restated] = await Promise.all([
    api.ask('metric', { ...body, period: 'day', ...asQuery(range) }, signal),
    range.comparison && api.ask('metric', { ...body, ...asQuery(range.comparison) }, signal),
    api.ask('metric-rows', { ...body, ...asQuery(range), offset, limit: PAGE_ROWS }, signal),
    definition.restates && restatedView.load(new URLSearchParams(), signal),
  ]);
  return { definition, range, query, now, before, rows, restated, offset };
}

function draw(answer) {
  const { definition, query } = answer;
  if (!definition) {
    return emptyState({ title: t('metrics.unknown_title'), text: t('metrics.unknown_text'), next: null });
  }
  return h('div', {},
    pageHead(own(definition.name), own(definition.formula)),
    h('div.stack', {},
      h('p.result-sentence', {}, sentence(answer)),
      answer.now.total.gap && note(gapText(answer.now.total.gap), 'watch'),
      seriesPanel(answer), definitionPanel(definition), partsPanel(answer),
      RECONCILED.includes(definition.id) && reconcilePanel(answer.range, query), rowsPanel(answer),
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
  const fact = (name, content) => h('div', {}, h('dt', {}, t(`metrics.${name}`)), h('dd', {}, content));
  return panel(t('metrics.definition'), h('dl.facts', {},
    fact('trap', own(definition.trap)), fact('formula', own(definition.formula)),
    fact('signs', h('code', {}, definition.signs)),
    fact('unit', t(`metrics.unit_${definition.unit}`)),
    fact('source', definition.source
      ? t('metrics.source_known', { letter: definition.source }) : t('metrics.source_common')),
    fact('version', t('metrics.version_hash', { version: definition.version, hash: definition.hash }))));
}

/** What a part counts: the values of events are money where the metric is. */
function partText(signs, value, { currency }) {
  const isMoney = signs.includes('.value') && currency;
  return isMoney ? exactMoney({ minor: Math.round(value), currency }) : exact(Math.round(value));
}

function partsPanel({ now }) {
  const title = t('metrics.parts');
  const columns = [
    {
      title: t('metrics.part'), isHeader: true, isWide: true, cell: (row) => h('code', {}, row.signs),
      csv: (row) => row.signs,
    },
    {
      title: t('metrics.value'), isNumber: true, csv: (row) => row.value,
      cell: (row) => partText(row.signs, row.value, now),
    },
    { title: t('figure.events'), isNumber: true, cell: (row) => exact(row.events), csv: (row) => row.events },
  ];
  return panel(title, h('div.flush-table', {}, table(title, columns, now.parts)), { hint: t('metrics.parts_hint') });
}

function rowsPanel({ rows: { rows, next }, offset, now }) {
  const title = t('metrics.rows');
  if (rows.length === 0) return panel(title, h('p.soft', {}, t('metrics.no_rows')));
  const columns = [
    { title: t('column.time'), cell: (row) => timeText(row.time), csv: (row) => row.time },
    { title: t('column.person'), isHeader: true, cell: (row) => personLink(row.person), csv: (row) => row.person },
    { title: t('column.event'), cell: (row) => wordFor('event', row.name), csv: (row) => row.name },
    { title: t('column.channel'), cell: (row) => wordFor('channel', row.channel), csv: (row) => row.channel },
    {
      title: t('column.subject'), cell: (row) => (row.subject ? subjectText(row.subject) : '–'),
      csv: (row) => row.subject,
    },
    {
      title: t('metrics.amount'), isNumber: true, cell: (row) => partText(row.part, row.amount, now),
      csv: (row) => row.amount,
    },
    { title: t('metrics.counted_at'), cell: (row) => timeText(row.counted_at), csv: (row) => row.counted_at },
    { title: t('metrics.part'), isWide: true, cell: (row) => h('code.small', {}, row.part), csv: (row) => row.part },
  ];
  const pages = pager({
    firstHref: offset > 0 && withQuery({ offset: null }), nextHref: next && withQuery({ offset: next }),
  });
  return panel(title, [table(title, columns, rows), pages], {
    tools: [csvButton('metric-rows', columns, rows)], isFlush: true, hint: t('metrics.rows_hint'),
  });
}

function restatedPanel(restated) {
  const count = restated.restatements.length;
  return h('details.details', {}, h('summary', {}, t('metrics.restated', { count })), restatedView.draw(restated));
}
