// How long people watch, by the heartbeats that their pages send.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { decimal, duration, exact, interval } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { subjectName } from '../ui/words.js';
import { estimateChart } from './lifecycle_chart.js';
import {
  choiceField, countColumn, estimateColumns, lengthText, quantileColumns,
} from './lifecycle_parts.js';
import { questionView } from './question_view.js';

const CAPS = { '15s': 15_000, '30s': 30_000, '60s': 60_000, '120s': 120_000 };
const CAP = '30s';

export const dwellView = (name, query) => questionView(name, query, { read, edit, ask, draw });

function read(query) {
  return { cap: query.get('cap') in CAPS ? query.get('cap') : CAP };
}

async function ask({ cap }, query, signal) {
  const range = await currentRange(query);
  return api.ask('dwell', { cap_ms: CAPS[cap], ...asQuery(range) }, signal);
}

function edit({ cap }) {
  const caps = Object.keys(CAPS).map((one) => [one, duration(CAPS[one])]);
  return panel(t('retention.question'), h('div.field-row', {}, choiceField(t('lifecycle.cap'), 'cap', caps, cap, CAP)));
}

function draw(answer) {
  if (answer.people === 0) return note(t('lifecycle.no_rooms'), 'watch');
  const words = t('lifecycle.sentence_dwell', {
    people: answer.people, mean: lengthText(answer.watch_ms.value), interval: interval(answer.watch_ms, lengthText),
    median: lengthText(answer.quantiles.find(({ share }) => share === 0.5)?.value),
  });
  return h('div.stack', {}, resultSentence(words, answer), lengthsPanel(answer), roomsPanel(answer));
}

function lengthsPanel({ quantiles: rows }) {
  const title = t('lifecycle.watched');
  const columns = quantileColumns(t('lifecycle.watch'));
  const drawn = estimateChart({
    name: 'watch-times', title, columns, rows, read: (row) => row, write: lengthText,
    names: rows.map(({ share }) => t('lifecycle.quantile_share', { percent: decimal(share * 100, 0) })),
  });
  return panel(title, drawn.element, { tools: drawn.tools, hint: t('lifecycle.watched_hint') });
}

function roomsPanel({ rooms, room_total: total }) {
  const columns = [
    {
      title: t('lifecycle.room'), isHeader: true, cell: (row) => subjectName(`room:${row.room}`),
      csv: (row) => row.room,
    },
    countColumn(t('figure.people'), (row) => row.people),
    {
      title: t('lifecycle.watch_total'), isNumber: true, cell: (row) => lengthText(row.total_ms),
      csv: (row) => row.total_ms,
    },
    ...estimateColumns(t('lifecycle.watch_mean'), (row) => row.watch_ms, lengthText),
  ];
  const title = t('lifecycle.rooms');
  return panel(title, table(title, columns, rooms), {
    tools: [csvButton('watch-times-by-room', columns, rooms)], isFlush: true,
    hint: t('lifecycle.rooms_hint', { shown: exact(rooms.length), all: exact(total) }),
  });
}
