// How long people wait: from a start until something happens, with those who still wait counted for as long as they do.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { decimal, exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { setQuery, withQuery } from '../core/router.js';
import { field, select } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { stepsFrom, stepsText } from './funnel_question.js';
import { questionView } from './question_view.js';
import { survivalChart } from './survival_chart.js';

/** How far each unit is followed. */
const HORIZON = { hour: 72, day: 90, week: 52 };
const ORDER = 'order_paid';
const OCCURRENCES = [1, 2, 3, 4, 5];
const GROUPS_MAX = 6;
const ROWS_SHOWN = 8;

export function survivalView(query) {
  return questionView('waiting', query, { read, edit, ask, draw });
}

function read(query, { names, channels }) {
  const [start] = stepsFrom(query.get('start'));
  const [end] = stepsFrom(query.get('return'));
  const unit = query.get('unit') in HORIZON ? query.get('unit') : 'day';
  const occurrence = Number(query.get('nth'));
  return {
    start: start ?? null, end: end ?? { name: names.includes(ORDER) ? ORDER : names[0] }, unit,
    occurrence: OCCURRENCES.includes(occurrence) ? occurrence : 1, isFirstOnly: query.get('first') === 'only',
    groups: query.get('by') === 'channel' ? channels.slice(0, GROUPS_MAX) : [],
  };
}

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const body = {
    start: question.start, end: question.end, occurrence: question.occurrence, first_only: question.isFirstOnly,
    unit: question.unit, units: HORIZON[question.unit], groups: question.groups.map((channel) => ({ channel })),
    ...asQuery(range),
  };
  return { question, ...await api.post('/query/survival', body, signal) };
}

function edit(question, { names }, query) {
  const put = (changes) => setQuery(changes, { isReplacing: true });
  const choice = (label, key, pairs, chosen, usual) => field(label, select(pairs, chosen, {
    onchange: ({ target }) => put({ [key]: target.value === usual ? null : target.value }),
  }));
  const pairs = names.map((name) => [stepsText([{ name }]), wordFor('event', name)]);
  const chosen = (event) => (event ? stepsText([event]) : '');
  const link = (key, changes) => h('a.button.is-plain', { href: withQuery(changes) }, t(`waiting.${key}`));
  return panel(t('retention.question'), h('div.stack', {},
    h('div.cluster', {},
      link('first_purchase', { start: null, return: ORDER, nth: null, first: 'only' }),
      link('repurchase', { start: ORDER, return: ORDER, nth: null, first: null })),
    h('div.field-row', {},
      choice(t('waiting.start'), 'start', [['', t('waiting.any_event')], ...pairs], chosen(question.start), ''),
      choice(t('waiting.nth'), 'nth', OCCURRENCES.map((count) => [String(count), t('waiting.nth_time', { count })]),
        String(question.occurrence), '1'),
      choice(t('waiting.end'), 'return', pairs, chosen(question.end))),
    h('div.field-row', {},
      choice(t('waiting.people'), 'first', [['all', t('waiting.people_all')], ['only', t('waiting.people_only')]],
        question.isFirstOnly ? 'only' : 'all', 'all'),
      choice(t('waiting.unit'), 'unit', Object.keys(HORIZON).map((unit) => [unit, t(`waiting.unit_${unit}`)]),
        question.unit, 'day'),
      choice(t('waiting.by'), 'by', [['none', t('waiting.by_none')], ['channel', t('waiting.by_channel')]],
        query.get('by') === 'channel' ? 'channel' : 'none', 'none'))));
}

/** A length in words: 3 days. */
const length = (unit, count) => t(`waiting.length_${unit}`, { count });

function draw(answer) {
  const { question } = answer;
  const groups = answer.groups
    .map((group, index) => ({ ...group, name: groupName(question, index) }))
    .filter(({ people }) => people > 0);
  if (groups.length === 0) return note(t('waiting.nobody'), 'watch');
  const leftOut = answer.left_out > 0 && h('p.soft', {}, t('waiting.left_out', { count: answer.left_out }));
  return h('div.stack', {},
    ...groups.map((group, index) => resultSentence(sentence(question, group), index === 0 ? answer : {})),
    groups.length > 1 && comparison(answer.log_rank), leftOut, curvePanel(question, groups),
    ...groups.map((group) => tablePanel(question, group)));
}

const groupName = ({ groups, end }, index) => (groups.length > 0
  ? wordFor('channel', groups[index]) : wordFor('event', end.name));

function sentence({ unit, groups, end }, group) {
  const { median, median_low: low, median_high: high, people, curve } = group;
  const last = curve.at(-1);
  const done = { rate: 1 - last.waiting, low: 1 - last.high, high: 1 - last.low };
  const words = {
    people, happened: group.happened, event: wordFor('event', end.name), rate: percent(done.rate),
    interval: interval(done), length: length(unit, last.within), median: median === null ? '' : length(unit, median),
    low: low === null ? '' : length(unit, low), high: high === null ? '' : length(unit, high),
  };
  const kind = median === null ? 'open' : high === null ? 'half_open' : 'half';
  const said = t(`waiting.sentence_${kind}`, words);
  return groups.length > 0 ? h('span', {}, h('b', {}, group.name), ' · ', said) : said;
}

function comparison(test) {
  if (!test) return note(t('waiting.incomparable'));
  const p = test.p_value < 0.001 ? '< 0.001' : `= ${decimal(test.p_value, 3)}`;
  return h('p.soft', {}, t(test.p_value < 0.05 ? 'waiting.differ' : 'waiting.alike', {
    p, statistic: decimal(test.statistic, 2), degrees: test.degrees,
  }));
}

const columnsOf = (unit) => [
  { title: t('waiting.within'), isHeader: true, cell: (row) => length(unit, row.within), csv: (row) => row.within },
  { title: t('waiting.at_risk'), isNumber: true, cell: (row) => exact(row.at_risk), csv: (row) => row.at_risk },
  { title: t('waiting.happened'), isNumber: true, cell: (row) => exact(row.happened), csv: (row) => row.happened },
  { title: t('waiting.cut_off'), isNumber: true, cell: (row) => exact(row.cut_off), csv: (row) => row.cut_off },
  { title: t('waiting.share'), isNumber: true, cell: (row) => percent(row.waiting), csv: (row) => row.waiting },
  { title: t('funnel.low'), isNumber: true, cell: (row) => percent(row.low), csv: (row) => row.low },
  { title: t('funnel.high'), isNumber: true, cell: (row) => percent(row.high), csv: (row) => row.high },
];

function curvePanel({ unit }, groups) {
  const title = t('waiting.curve');
  const rows = groups.flatMap(({ name, curve }) => curve.map((row) => ({ name, ...row })));
  const named = { title: t('waiting.group'), isHeader: true, cell: (row) => row.name, csv: (row) => row.name };
  const columns = groups.length > 1 ? [named, ...columnsOf(unit)] : columnsOf(unit);
  const drawn = survivalChart({ groups, title, columns, rows, length: (count) => length(unit, count) });
  return panel(title, drawn.element, { tools: drawn.tools, hint: t('waiting.curve_hint') });
}

/** Some moments of the curve, so that the numbers at risk can be read beside it; the file has all. */
function tablePanel({ unit, groups }, { name, curve }) {
  const step = Math.ceil(curve.length / ROWS_SHOWN);
  const shown = curve.filter((_, index) => (index + 1) % step === 0 || index === 0 || index === curve.length - 1);
  const title = groups.length > 0 ? t('waiting.at_risk_of', { name }) : t('waiting.at_risk_title');
  const columns = columnsOf(unit);
  return panel(title, table(title, columns, shown), {
    tools: [csvButton('survival', columns, curve)], isFlush: true, hint: t('waiting.at_risk_hint'),
  });
}
