// Of each period, who was new, came again, came back, and stayed away.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { asQuery, currentRange } from '../core/range.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { table } from '../ui/table.js';
import { wholeFilter } from './event_filter.js';
import { stackChart } from './lifecycle_chart.js';
import { activityField, activityFrom, choiceField, countColumn } from './lifecycle_parts.js';
import { questionView } from './question_view.js';

const PERIODS = ['day', 'week', 'month'];
const KINDS = ['new', 'returning', 'resurrecting'];

export const periodsView = (name, query) => questionView(name, query, { read, edit, ask, draw });

function read(query) {
  const period = PERIODS.includes(query.get('period')) ? query.get('period') : 'day';
  return { active: activityFrom(query), period };
}

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const body = { ...question, active: wholeFilter(question.active), time_zone: preferences.zone, ...asQuery(range) };
  return { question, ...await api.ask('lifecycle', body, signal) };
}

function edit(question, words) {
  const periods = PERIODS.map((period) => [period, t(`retention.period_${period}`)]);
  return panel(t('retention.question'), h('div.stack', {}, activityField(question.active, words), h('div.field-row', {},
    choiceField(t('retention.period'), 'period', periods, question.period, 'day'))));
}

function draw(answer) {
  const { question, periods } = answer;
  if (periods.every(({ active, dormant }) => active + dormant === 0)) return note(t('lifecycle.nobody'), 'watch');
  const last = periods.findLast(({ is_over: isOver }) => isOver) ?? periods.at(-1);
  const { returned } = last;
  const words = t(`lifecycle.sentence_${question.period}`, {
    day: last.day, active: last.active, fresh: last.new, back: last.resurrecting, lost: last.dormant,
  });
  const again = returned.denominator > 0 && t('lifecycle.sentence_again', {
    rate: percent(returned.rate), count: returned.numerator, of: returned.denominator, interval: interval(returned),
  });
  return h('div.stack', {}, resultSentence([words, again], answer), periodsPanel(answer));
}

function periodsPanel({ question, periods }) {
  const columns = [
    {
      title: t(`retention.cohort_${question.period}`), isHeader: true, csv: (row) => row.day,
      cell: (row) => h('span.nowrap', {}, row.day, !row.is_over
        && h('span.faint', { 'aria-label': t('retention.not_over') }, '*')),
    },
    countColumn(t('lifecycle.active_people'), (row) => row.active),
    ...[...KINDS, 'dormant'].map((kind) => countColumn(t(`lifecycle.${kind}`), (row) => row[kind])),
    {
      title: t('lifecycle.returned'), isNumber: true, csv: (row) => row.returned.rate,
      cell: ({ returned }) => h('span.nowrap', {}, percent(returned.rate), ' ',
        h('span.faint.small', {}, interval(returned))),
    },
  ];
  const title = t('lifecycle.periods');
  const drawn = stackChart({
    name: 'lifecycle', title, columns, rows: periods, names: periods.map(({ day }) => day),
    kinds: KINDS.map((kind) => ({ name: t(`lifecycle.${kind}`), read: (row) => row[kind] })),
    below: { name: t('lifecycle.dormant'), read: (row) => row.dormant },
  });
  return panel(title, [drawn.element, h('div.flush-table', {}, table(title, columns, periods))], {
    tools: drawn.tools, hint: t('lifecycle.periods_hint'),
  });
}
