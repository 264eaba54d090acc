// From which stage to which: as a matrix, as a list with intervals, and the people of one cell.

import { h } from '../core/dom.js';
import { exact, interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { setQuery, withQuery } from '../core/router.js';
import { field, select } from '../ui/controls.js';
import { comparisonNote, differenceColumns } from '../ui/comparison.js';
import { panel } from '../ui/panel.js';
import { csvButton, pager, table } from '../ui/table.js';
import { personLink } from '../ui/words.js';
import { stageName } from './stages_model.js';
import { WHOLE } from './stages_question.js';

export function flowPanels({ question, answer, looked, states, step, compared }) {
  const { stages } = answer.model;
  const shown = { question, compared, flow: looked.flow, states, names: states.map((id) => stageName(id, stages)) };
  return [
    panel(t('stages.flow'), h('div.stack', {}, between(question, answer, step), matrix(shown)), {
      hint: t('stages.flow_hint'),
    }),
    looked.list && peoplePanel(shown, looked.list),
    flowList(shown),
  ].filter(Boolean);
}

/** One of the periods, or all of them from start to end. */
function between(question, { moments }, step) {
  const days = moments.filter(({ day }) => day).map(({ day }) => [day, t(`stages.during_${question.period}`, { day })]);
  const chosen = step ? moments[step].day : WHOLE;
  return h('div.field-row', {}, field(t('stages.between'), select(
    [...days.reverse(), [WHOLE, t('stages.whole')]], chosen,
    { onchange: (event) => setQuery({ day: event.target.value, cursor: null }, { isReplacing: true }) }
  )));
}

function matrix(shown) {
  const { states, names, flow } = shown;
  const columns = [
    { title: t('stages.from_to'), isHeader: true, cell: (row) => h('span.nowrap', {}, names[row.from]) },
    { title: t('stages.people_before'), isNumber: true, cell: (row) => exact(row.people) },
    ...names.map((name, to) => ({ title: name, isNumber: true, cell: (row) => cell(shown, row, to) })),
  ];
  const rows = states.map((_, from) => ({ from, people: flow[from][0].denominator })).reverse();
  return table(t('stages.flow'), columns, rows);
}

function cell({ question, states, names, flow }, { from }, to) {
  const one = flow[from][to];
  if (one.numerator === 0) return h('span.faint', {}, '–');
  const isChosen = question.was === states[from] && question.is === states[to];
  const words = t('stages.cell', {
    from: names[from], to: names[to], people: one.numerator, of: one.denominator, interval: interval(one),
  });
  const target = isChosen ? { was: null, is: null, cursor: null } : { was: states[from], is: states[to], cursor: null };
  return h('a.heat', {
    href: withQuery(target), title: words, 'aria-label': words, 'aria-current': isChosen ? 'true' : null,
    style: { '--strength': `${Math.round(one.rate * 60)}%` },
  }, percent(one.rate), h('span.soft.small', {}, ` ${exact(one.numerator)}`));
}

function peoplePanel({ question, states, names }, list) {
  const [from, to] = [question.was, question.is].map((id) => names[states.indexOf(id)]);
  const title = t('stages.people', { from, to });
  const columns = [{
    title: t('stages.person'), isHeader: true, cell: (person) => personLink(person), csv: (person) => person,
  }];
  if (list.total === 0) return panel(title, h('p.soft', {}, t('stages.nobody_went')));
  return panel(title, [table(title, columns, list.people), pager({
    firstHref: question.cursor && withQuery({ cursor: null }), nextHref: list.next && withQuery({ cursor: list.next }),
  })], {
    tools: [csvButton('stage-people', columns, list.people)], isFlush: true,
    hint: t('stages.people_total', { count: list.total }),
  });
}

/** Every flow that somebody took, the largest first. */
function flowList({ states, names, flow, compared }) {
  const title = t('stages.flows');
  const rows = states.flatMap((_, from) => states.map((__, to) => ({ from, to, ...flow[from][to] })))
    .filter(({ from, to, numerator }) => from !== to && numerator > 0)
    .sort((one, other) => other.numerator - one.numerator);
  if (rows.length === 0) return null;
  const number = (head, key, write) => ({
    title: head, isNumber: true, cell: (row) => write(row[key]), csv: (row) => row[key],
  });
  const columns = [
    { title: t('stages.from'), isHeader: true, cell: (row) => names[row.from], csv: (row) => states[row.from] },
    { title: t('stages.to'), cell: (row) => names[row.to], csv: (row) => states[row.to] },
    number(t('figure.people'), 'numerator', exact), number(t('stages.of'), 'denominator', exact),
    number(t('stages.share'), 'rate', percent), number(t('funnel.low'), 'low', percent),
    number(t('funnel.high'), 'high', percent),
    ...differenceColumns(compared, (row) => `/flow/${row.from}/${row.to}`),
  ];
  const note = compared && h('div.panel-note', {}, comparisonNote(compared, 'column'));
  return panel(title, [table(title, columns, rows), note], {
    tools: [csvButton('stage-flow', columns, rows)], isFlush: true,
  });
}
