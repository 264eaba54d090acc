// How many people stand in which stage, and who went from which to which.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compact, exact } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { currentRange } from '../core/range.js';
import { comparisonNote, comparisonOf, periods as bothPeriods } from '../ui/comparison.js';
import { figure, figures, panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { questionView } from './question_view.js';
import { stagesChart } from './stages_chart.js';
import { flowPanels } from './stages_matrix.js';
import { modelName, modelPanel, stageName } from './stages_model.js';
import { modelOf, OUTSIDE, questionFrom, WHOLE } from './stages_question.js';

const PAGE_SIZE = 50;

export function stagesView(query) {
  let models = [];
  const again = async () => { models = (await api.get('/stage-models')).models; };
  const read = (now) => questionFrom(now, models);
  const edit = (question) => (
    question.model ? modelPanel(question, models, again) : note(t('stages.no_model'), 'watch')
  );
  return { ...questionView('stages', query, { read, edit, ask, draw }), prepare: again };
}

async function ask(question, query, signal) {
  if (!question.model) return null;
  const range = await currentRange(query);
  const whole = {
    model: modelOf(question), period: question.period, time_zone: preferences.zone, ...bothPeriods(range),
  };
  const answer = await api.ask('stages', whole, signal);
  const states = [OUTSIDE, ...answer.model.stages.map(({ id }) => id)];
  const step = stepOf(question, answer);
  const compared = comparisonOf(answer);
  const isCell = states.includes(question.was) && states.includes(question.is);
  if (!step && !isCell) return { question, answer, looked: answer, states, step, compared, whole: compared };
  const part = step ? { from: answer.moments[step - 1].time, to: answer.moments[step].time } : {};
  const list = isCell ? { was: question.was, is: question.is, limit: PAGE_SIZE, cursor: question.cursor } : null;
  const looked = await api.ask('stages', { ...whole, compare: null, ...part, list }, signal);
  return { question, answer, looked, states, step, compared: step ? null : compared, whole: compared };
}

/** The number of the period whose flow is shown: the one that was chosen, else the last that is over; 0 for all. */
function stepOf({ day }, { moments, is_last_over: isOver }) {
  if (day === WHOLE) return 0;
  const chosen = moments.findIndex((moment) => moment.day && moment.day === day);
  return chosen > 0 ? chosen : Math.max(moments.length - (isOver ? 1 : 2), moments.length > 1 ? 1 : 0);
}

function draw(asked) {
  if (!asked) return null;
  const { answer, whole } = asked;
  const last = answer.moments.at(-1);
  const people = last.people.slice(1).reduce((sum, one) => sum + one, 0);
  if (answer.moments.every((moment) => moment.people.slice(1).every((one) => one === 0))) {
    return note(t('stages.nobody', { model: modelName(answer.model) }), 'watch');
  }
  return h('div.stack', {},
    resultSentence(sentence(answer, people), answer),
    standing(answer, last, whole), neverSeen(answer), periods(answer, whole), flowPanels(asked));
}

function neverSeen({ never_seen: names }) {
  if (names.length === 0) return null;
  return h('details.details', {}, h('summary', {}, t('stages.never_seen', { count: names.length })),
    h('p.soft.small', {}, names.map((name) => wordFor('event', name)).join(t('stages.or'))));
}

/** Who rose, fell back, came and left between the first moment and the last. */
function sentence({ model, moments, flow }, people) {
  const before = moments[0].people.slice(1).reduce((sum, one) => sum + one, 0);
  const sum = (isMeant) => flow.reduce((all, row, from) => (
    all + row.reduce((some, cell, to) => some + (isMeant(from, to) ? cell.numerator : 0), 0)
  ), 0);
  return t('stages.sentence', {
    model: modelName(model), people: exact(people), change: signed(people - before),
    rose: exact(sum((from, to) => from > 0 && to > from)), fell: exact(sum((from, to) => to > 0 && to < from)),
    came: exact(sum((from, to) => from === 0 && to > 0)), left: exact(sum((from, to) => from > 0 && to === 0)),
  });
}

function signed(value) {
  return value > 0 ? `+${exact(value)}` : exact(value).replace('-', '−');
}

function standing({ model, moments }, last, compared) {
  const earlier = compared?.answer.moments.at(-1).people;
  const items = model.stages.map(({ id }, index) => {
    const people = last.people[index + 1];
    const change = t('stages.change', { change: signed(people - moments[0].people[index + 1]) });
    return figure(
      stageName(id, model.stages), h('span', { title: exact(people) }, compact(people)),
      h('dd.soft.small', {}, change), earlier && h('dd.soft.small', {}, t('stages.before_change', {
        people: exact(earlier[index + 1]), change: signed(people - earlier[index + 1]),
      }))
    );
  });
  return figures(...items.reverse());
}

const momentLabel = ({ day }) => day ?? t('stages.before');

/** Of the other period all stages together, as a line: how many were anywhere. */
function periods({ model, moments, is_last_over: isOver }, compared) {
  const all = (moment) => moment.people.slice(1).reduce((sum, one) => sum + one, 0);
  const before = moments.map((_, index) => {
    const moment = compared?.answer.moments[index];
    return moment ? all(moment) : null;
  });
  const title = t('stages.by_period');
  const names = model.stages.map(({ id }) => stageName(id, model.stages));
  const columns = [
    {
      title: t('stages.at_end_of'), isHeader: true, cell: (row) => h('span.nowrap', {}, momentLabel(row)),
      csv: (row) => row.time,
    },
    ...names.map((name, index) => ({
      title: name, isNumber: true, cell: (row) => exact(row.people[index + 1]), csv: (row) => row.people[index + 1],
    })),
    compared && {
      title: t('stages.all_before'), isNumber: true, csv: (row) => before[moments.indexOf(row)],
      cell: (row) => (before[moments.indexOf(row)] === null ? '–' : exact(before[moments.indexOf(row)])),
    },
  ].filter(Boolean);
  const labels = moments.map((moment, index) => (
    momentLabel(moment) + (index === moments.length - 1 && !isOver ? '*' : '')));
  const drawn = stagesChart({ moments, before, names, labels, title, columns });
  return panel(title, [drawn.element, comparisonNote(compared)], {
    tools: drawn.tools, hint: isOver ? null : t('stages.not_over'),
  });
}
