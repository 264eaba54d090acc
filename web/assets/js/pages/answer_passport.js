// The passport of what a query answers: how it is defined, what was asked, the rows behind it, and what changed since.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exactMoney } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { withQuery } from '../core/router.js';
import { facts, pageHead, panel } from '../ui/panel.js';
import { csvButton, pager, table } from '../ui/table.js';
import { personLink, plainValue, subjectText, timeText } from '../ui/words.js';
import { definitionFacts, own } from './metric_words.js';
import { restatedOf, restatedPanel } from './orders_restated.js';

const PAGE_ROWS = 20;
const NAMES = ['from', 'to'];  // Of the question, those that the period says already.

/** What a mark put into the address; nothing where it is no question. */
export function askedFrom(text) {
  try {
    const { query, question } = JSON.parse(text);
    return typeof query === 'string' && typeof question === 'object' && question !== null ? { query, question } : null;
  } catch {
    return null;
  }
}

export async function loadAnswer(definition, query, signal) {
  const asked = askedFrom(query.get('question'));
  const offset = Math.max(0, Number(query.get('offset')) || 0);
  if (!asked) {
    const range = await currentRange(query);
    const restates = definition.id.startsWith('orders.');
    return { definition, asked, rows: null, restated: restates && await restatedOf(asQuery(range), [], query, signal) };
  }
  const rows = await api.ask('rows', { ...asked, offset, limit: PAGE_ROWS }, signal);
  return { definition, asked, rows, offset, restated: rows.restates && await restatedOf(rows, [], query, signal) };
}

export function drawAnswer({ definition, asked, rows, offset, restated }) {
  const { hash } = rows?.metric ?? definition;
  return h('div', {},
    pageHead(own(definition.name), own(definition.formula)),
    h('div.stack', {},
      panel(t('metrics.definition'), facts(definitionFacts({ ...definition, hash }))),
      asked && askedPanel(asked, rows), rows && rowsPanel(rows, offset), restated && restatedPanel(restated)));
}

/** What was asked, filter by filter. */
function askedPanel({ question }, { from, to, events }) {
  const members = Object.entries(question).filter(([name, value]) => !NAMES.includes(name)
    && value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0));
  return panel(t('metrics.asked'), facts([
    [t('column.period'), from || to ? [timeText(from), ' – ', timeText(to)] : t('metrics.all_time')],
    [t('metrics.events_read'), h('code', {}, events.map(eventWords).join(t('metrics.comma')))],
    ...members.map(([name, value]) => [h('code', {}, name), h('code', {}, plainValue(value))]),
  ]), { hint: t('metrics.asked_hint') });
}

/** A filter in a line: the event's name alone where nothing narrows it. */
function eventWords({ name, ...narrower }) {
  const told = name ? wordFor('event', name) : t('lifecycle.any_event');
  return Object.keys(narrower).length === 0 ? told : `${told} ${plainValue(narrower)}`;
}

function rowsPanel({ rows, next }, offset) {
  const title = t('metrics.rows');
  if (rows.length === 0) return panel(title, h('p.soft', {}, t('metrics.no_rows')));
  const columns = [
    ...eventColumns(),
    {
      title: t('metrics.amount_of'), isNumber: true, cell: (row) => (row.value ? exactMoney(row.value) : '–'),
      csv: (row) => row.value?.minor,
    },
    { title: t('column.currency'), csv: (row) => row.value?.currency },
  ];
  return panel(title, [table(title, columns, rows), rowPages(offset, next)], {
    tools: [csvButton('rows', columns, rows)], isFlush: true, hint: t('metrics.rows_read_hint'),
  });
}

/** What tables of events begin with. */
export const eventColumns = () => [
  { title: t('column.time'), cell: (row) => timeText(row.time), csv: (row) => row.time },
  { title: t('column.person'), isHeader: true, cell: (row) => personLink(row.person), csv: (row) => row.person },
  { title: t('column.event'), cell: (row) => wordFor('event', row.name), csv: (row) => row.name },
  { title: t('column.channel'), cell: (row) => wordFor('channel', row.channel), csv: (row) => row.channel },
  {
    title: t('column.subject'), cell: (row) => (row.subject ? subjectText(row.subject) : '–'),
    csv: (row) => row.subject,
  },
];

export const rowPages = (offset, next) => pager({
  firstHref: offset > 0 && withQuery({ offset: null }), nextHref: next && withQuery({ offset: next }),
});
