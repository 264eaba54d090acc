// Of those who were there in some weeks, how many are on a day; and on how many days people are.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { decimal, interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { asQuery, currentRange } from '../core/range.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { wholeFilter } from './event_filter.js';
import { estimateChart, shareChart } from './lifecycle_chart.js';
import {
  activityField, activityFrom, asEstimate, choiceField, countColumn, dayColumn, estimateColumns,
} from './lifecycle_parts.js';
import { questionView } from './question_view.js';

const WINDOWS = [7, 28, 30];
const WINDOW = 28;

export const stickinessView = (name, query) => questionView(name, query, { read, edit, ask, draw });

function read(query) {
  const days = Number(query.get('window'));
  return { active: activityFrom(query), window_days: WINDOWS.includes(days) ? days : WINDOW };
}

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const body = { ...question, active: wholeFilter(question.active), time_zone: preferences.zone, ...asQuery(range) };
  return { question, ...await api.ask('stickiness', body, signal) };
}

function edit(question, words) {
  const windows = WINDOWS.map((count) => [String(count), t('lifecycle.window_days', { count })]);
  return panel(t('retention.question'), h('div.stack', {}, activityField(question.active, words), h('div.field-row', {},
    choiceField(t('lifecycle.window'), 'window', windows, String(question.window_days), String(WINDOW)))));
}

function draw(answer) {
  const { question, days, overall } = answer;
  const over = days.filter((row) => row.is_over && row.active_in_window > 0);
  if (over.length === 0) return note(t('lifecycle.nobody'), 'watch');
  const words = t('lifecycle.sentence_sticky', {
    window: question.window_days, rate: percent(overall.rate), interval: interval(overall),
    days: decimal(overall.rate * question.window_days, 1),
  });
  return h('div.stack', {}, resultSentence(words, answer), daysPanel(over, question), spreadPanel(answer));
}

function daysPanel(rows, { window_days: window }) {
  const columns = [
    dayColumn(),
    countColumn(t('lifecycle.active_day'), (row) => row.active),
    countColumn(t('lifecycle.active_window', { count: window }), (row) => row.active_in_window),
    ...estimateColumns(t('lifecycle.view_stickiness'), (row) => asEstimate(row.stickiness), percent),
  ];
  const title = t('lifecycle.sticky_days', { count: window });
  const drawn = shareChart({
    name: 'stickiness', title, columns, rows, names: rows.map(({ day }) => day), read: (row) => row.stickiness,
  });
  return panel(title, drawn.element, { tools: drawn.tools, hint: t('lifecycle.sticky_hint') });
}

function spreadPanel({ by_active_days: rows, question }) {
  if (rows.every(({ people }) => people === 0)) return null;
  const columns = [
    {
      title: t('lifecycle.days_active'), isHeader: true, isNumber: true, cell: (row) => String(row.days),
      csv: (row) => row.days,
    },
    countColumn(t('figure.people'), (row) => row.people),
    ...estimateColumns(t('retention.rate'), (row) => asEstimate(row.share), percent),
  ];
  const title = t('lifecycle.spread', { count: question.window_days });
  const drawn = estimateChart({
    name: 'active-days', title, columns, rows, names: rows.map(({ days }) => String(days)),
    read: (row) => asEstimate(row.share), write: percent,
  });
  return panel(title, drawn.element, { tools: drawn.tools, hint: t('lifecycle.spread_hint') });
}
