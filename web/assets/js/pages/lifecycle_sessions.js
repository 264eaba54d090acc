// Sessions: stretches of events that no gap parts.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compact, decimal, exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { asQuery, currentRange } from '../core/range.js';
import { withTitle } from '../ui/controls.js';
import { figure, figures, panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { wholeFilter } from './event_filter.js';
import { estimateChart, stackChart } from './lifecycle_chart.js';
import {
  activityField, activityFrom, asEstimate, choiceField, countColumn, dayColumn, estimateColumns, lengthText,
  quantileColumns,
} from './lifecycle_parts.js';
import { questionView } from './question_view.js';

const GAPS = { '10m': 600_000, '30m': 1_800_000, '1h': 3_600_000, '4h': 14_400_000 };
const GAP = '30m';
const twoDigits = (value) => (value === null ? '–' : decimal(value, 2));

export const sessionsView = (name, query) => questionView(name, query, { read, edit, ask, draw });

function read(query) {
  return { events: activityFrom(query), gap: query.get('gap') in GAPS ? query.get('gap') : GAP };
}

async function ask({ events, gap }, query, signal) {
  const range = await currentRange(query);
  const body = { events: wholeFilter(events), gap_ms: GAPS[gap], time_zone: preferences.zone, ...asQuery(range) };
  return { gap, ...await api.ask('sessions', body, signal) };
}

function edit(question, words) {
  const gaps = Object.keys(GAPS).map((gap) => [gap, t(`lifecycle.gap_${gap}`)]);
  return panel(t('retention.question'), h('div.stack', {}, activityField(question.events, words), h('div.field-row', {},
    choiceField(t('lifecycle.gap'), 'gap', gaps, question.gap, GAP))));
}

function draw(answer) {
  const { all } = answer;
  if (all.sessions === 0) return note(t('lifecycle.nobody'), 'watch');
  const each = all.sessions_per_person;
  const words = t('lifecycle.sentence_sessions', {
    people: all.people, sessions: all.sessions, each: twoDigits(each.value), interval: interval(each, twoDigits),
  });
  return h('div.stack', {}, resultSentence(words, answer), headline(answer), daysPanel(answer), lengthsPanel(answer),
    channelsPanel(answer));
}

function headline({ all }) {
  const line = (label, value, write) => figure(label, write(value.value ?? value.rate ?? null),
    h('dd.figure-hint', {}, interval(value, write)));
  return panel(t('lifecycle.sessions'), figures(
    figure(t('lifecycle.sessions'), withTitle(compact(all.sessions), exact(all.sessions))),
    line(t('lifecycle.events_per_session'), all.events_per_session, twoDigits),
    line(t('lifecycle.duration_mean'), all.duration_ms, lengthText),
    line(t('lifecycle.bounce'), all.bounce_share, percent)
  ));
}

const groupColumns = () => [
  countColumn(t('lifecycle.sessions'), (row) => row.sessions),
  countColumn(t('figure.people'), (row) => row.people),
  ...estimateColumns(t('lifecycle.events_per_session'), (row) => row.events_per_session, twoDigits),
  ...estimateColumns(t('lifecycle.duration_mean'), (row) => row.duration_ms, lengthText),
  ...estimateColumns(t('lifecycle.bounce'), ({ bounce_share: share }) => asEstimate(share), percent),
];

function daysPanel({ by_day: rows }) {
  const columns = [
    dayColumn(),
    ...groupColumns(),
  ];
  const title = t('lifecycle.sessions_by_day');
  const drawn = stackChart({
    name: 'sessions', title, columns, rows, names: rows.map(({ day }) => day), kinds: [
      { name: t('lifecycle.longer'), read: (row) => row.sessions - row.bounces },
      { name: t('lifecycle.bounces'), read: (row) => row.bounces },
    ],
  });
  return panel(title, drawn.element, { tools: drawn.tools, hint: t('lifecycle.sessions_hint') });
}

function lengthsPanel({ durations: rows }) {
  const title = t('lifecycle.durations');
  const columns = quantileColumns(t('lifecycle.duration'));
  const drawn = estimateChart({
    name: 'session-lengths', title, columns, rows, read: (row) => row, write: lengthText,
    names: rows.map(({ share }) => t('lifecycle.quantile_share', { percent: decimal(share * 100, 0) })),
  });
  return panel(title, [drawn.element, h('div.flush-table', {}, table(title, columns, rows))], {
    tools: drawn.tools, hint: t('lifecycle.durations_hint'),
  });
}

function channelsPanel({ by_channel: rows }) {
  const columns = [
    {
      title: t('column.channel'), isHeader: true, cell: (row) => wordFor('channel', row.channel),
      csv: (row) => row.channel,
    },
    ...groupColumns(),
  ];
  const title = t('lifecycle.sessions_by_channel');
  return panel(title, table(title, columns, rows), {
    tools: [csvButton('sessions-by-channel', columns, rows)], isFlush: true, hint: t('lifecycle.channels_hint'),
  });
}
