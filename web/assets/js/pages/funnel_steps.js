// The funnel: its steps in the address, its result below.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compact, decimal, duration, exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { withTitle } from '../ui/controls.js';
import { comparisonNote, comparisonOf, differenceColumns, differenceSentence, periods } from '../ui/comparison.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { eventName, subjectText } from '../ui/words.js';
import { ofAudiences } from './audience_choice.js';
import { comparedRates } from './audience_compare.js';
import { droppedAudience } from './audience_expression.js';
import { wholeFilter } from './event_filter.js';
import { funnelChart } from './funnel_chart.js';
import { funnelEditor, ORDERS, WINDOWS } from './funnel_editor.js';
import { exclusionsFrom, stepsFrom } from './funnel_question.js';
import { questionView } from './question_view.js';

const USUAL = ['product_exposure', 'product_view', 'product_click', 'add_to_cart', 'order_paid'];

function read(query, { names }) {
  const within = (query.get('within') ?? '').split(',').map((key) => (key in WINDOWS ? key : undefined));
  const steps = stepsOf(query, names).map((step, index) => ({ ...step, within: within[index] }));
  const order = ORDERS.includes(query.get('order')) ? query.get('order') : 'ordered';
  const mayExclude = order !== 'strict' && steps.length > 1;
  return {
    steps, order, window: query.get('window') in WINDOWS ? query.get('window') : '7d', by: query.get('by') || null,
    exclusions: mayExclude ? exclusionsFrom(query.get('not'), steps.length) : [],
  };
}

function stepsOf(query, names) {
  const given = stepsFrom(query.get('steps'));
  if (given.length > 0) return given;
  const usual = USUAL.filter((name) => names.includes(name));
  return (usual.length >= 2 ? usual : names.slice(0, 2)).map((name) => ({ name }));
}

export function stepsView(query) {
  return questionView('funnel', query, ofAudiences({ read, edit: funnelEditor, ask, draw, compare }));
}

/** As the API takes it: without conditions that are not finished. */
const asked = ({ name, channel, where }) => wholeFilter({ name, channel, where });

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const { steps, order, window, by, exclusions } = question;
  const body = {
    steps: steps.map((step) => ({
      ...asked(step), within_ms: order !== 'any' && step.within ? WINDOWS[step.within] : null,
    })),
    window_ms: WINDOWS[window], order, by, times: true, audience: question.audience,
    exclusions: exclusions.map((one) => ({ event: asked(one), after: one.after, before: one.before })),
    ...periods(range),
  };
  const answer = await api.ask('funnel', body, signal);
  return { asked: steps, question, range, window, compared: comparisonOf(answer), ...answer };
}

function draw(answer) {
  const { steps, window } = answer;
  const [first, last] = [steps[0], steps.at(-1)];
  if (first.people === 0) return note(t('funnel.nobody', { name: wordFor('event', first.name) }), 'watch');
  const sentence = t(answer.order === 'any' ? 'funnel.sentence_any' : 'funnel.sentence', {
    first: wordFor('event', first.name), last: wordFor('event', last.name), start: first.people, end: last.people,
    rate: percent(last.rate_from_first.rate), interval: interval(last.rate_from_first),
    window: t(`funnel.window_${window}`), steps: steps.length,
  });
  const speed = t('funnel.speed', { people: answer.people, ms: decimal(answer.duration_ms, 1) });
  return h('div.stack', {},
    resultSentence(
      [sentence, differenceSentence(answer.compared, `/steps/${steps.length - 1}/rate_from_first`)], answer, speed),
    resultPanel(answer), timesPanel(answer), answer.by.length > 0 && groupsPanel(answer));
}

function compare(titles, answers) {
  return h('div.stack', {},
    h('p.result-sentence', {}, t('audience.compared', { names: titles.join(t('list.separator')) })),
    comparedRates({
      name: 'funnel-audiences', title: t('funnel.result'), column: t('column.step'),
      categories: answers[0].steps.map(({ name }, at) => `${at + 1} ${wordFor('event', name)}`),
      audiences: answers.map(({ steps }, at) => ({
        title: titles[at], rates: steps.map((step) => step.rate_from_first),
      })),
    }));
}

function resultPanel(answer) {
  const { steps, asked, compared } = answer;
  const at = (row) => steps.indexOf(row);
  const rate = (key) => (row) => (at(row) === 0 ? '–' : h('span', {}, percent(row[key].rate), ' ',
    h('span.faint.small', {}, interval(row[key]))));
  const columns = [
    {
      title: t('column.step'), isHeader: true, csv: (row) => row.name,
      cell: (row) => h('span', {}, h('span.faint', {}, `${at(row) + 1}  `), eventName(row.name)),
    },
    {
      title: t('column.channel'),
      cell: (row) => (asked[at(row)].channel ? wordFor('channel', asked[at(row)].channel) : t('funnel.any_channel')),
      csv: (row) => asked[at(row)].channel,
    },
    {
      title: t('figure.people'), isNumber: true, cell: (row) => withTitle(compact(row.people), exact(row.people)),
      csv: (row) => row.people,
    },
    {
      title: t('funnel.from_previous'), isNumber: true, cell: rate('rate_from_previous'),
      csv: (row) => row.rate_from_previous.rate,
    },
    {
      title: t('funnel.from_first'), isNumber: true, cell: rate('rate_from_first'),
      csv: (row) => row.rate_from_first.rate,
    },
    {
      title: t('funnel.low'), isNumber: true, cell: (row) => percent(row.rate_from_first.low),
      csv: (row) => row.rate_from_first.low,
    },
    {
      title: t('funnel.high'), isNumber: true, cell: (row) => percent(row.rate_from_first.high),
      csv: (row) => row.rate_from_first.high,
    },
    ...differenceColumns(compared, (row) => (at(row) > 0 ? `/steps/${at(row)}/rate_from_first` : null)),
  ];
  const seen = columns.filter((column) => ![t('funnel.low'), t('funnel.high')].includes(column.title));
  const title = t('funnel.result');
  const before = steps.map((_, index) => (
    (index > 0 && compared?.at(`/steps/${index}/rate_from_first`)?.before.value) || null));
  const drawn = funnelChart({ steps, before, title, columns });
  return panel(
    title, [
      drawn.element, comparisonNote(compared), droppedLink(answer),
      h('div.flush-table', {}, table(title, seen, steps)),
    ],
    { tools: drawn.tools }
  );
}

/**
 * To the audience of those whom the funnel lost at its last step; where the steps have windows of their own, exclusions
 * or another order, no audience holds them.
 */
function droppedLink({ asked, question, range }) {
  const isTold = asked.length > 1 && question.order === 'ordered' && question.exclusions.length === 0
    && asked.every(({ within }) => !within);
  if (!isTold) return null;
  const steps = asked.map(({ name, channel, where }) => ({ name, channel, where }));
  const audience = droppedAudience(steps, WINDOWS[question.window], asQuery(range));
  const name = (step) => wordFor('event', step.name) + (step.channel ? ` (${wordFor('channel', step.channel)})` : '');
  const words = t('funnel.dropped', {
    did: steps.slice(0, -1).map(name).join(t('list.separator')), not: name(steps.at(-1)),
  });
  const kept = new URLSearchParams(location.search);
  const query = new URLSearchParams(['range', 'from', 'to'].filter((key) => kept.has(key)).map((key) => [
    key, kept.get(key),
  ]));
  query.set('audience', JSON.stringify(audience));
  return h('p.panel-link', {}, h('a.link', { href: `/audiences?${query}` }, words));
}

function groupsPanel({ steps, by, question, compared }) {
  const name = groupName(question.by);
  const columns = [
    { title: t('funnel.group'), isHeader: true, cell: name, csv: (row) => row.key },
    ...steps.flatMap((step, index) => groupColumns(step, index)),
    ...differenceColumns(compared, (row) => `/by/${by.indexOf(row)}/rates_from_first/${steps.length - 1}`),
  ];
  const title = t('funnel.groups');
  return panel(title, table(title, columns, by), {
    tools: [csvButton('funnel-groups', columns, by)], isFlush: true, hint: t('funnel.groups_hint'),
  });
}

/** How many of a group got to a step, and which share of its first with the interval. */
function groupColumns(step, index) {
  const title = wordFor('event', step.name);
  const rate = (row) => row.rates_from_first[index];
  const share = (row) => index > 0 && rate(row).rate !== null
    && h('span.faint.small', {}, `  ${percent(rate(row).rate)} (${interval(rate(row))})`);
  return [
    {
      title, isNumber: true, csv: (row) => row.people[index],
      cell: (row) => h('span', {}, exact(row.people[index]), share(row)),
    },
    ...(index === 0 ? [] : [
      { title: `${title}, ${t('funnel.low')}`, csv: (row) => rate(row).low },
      { title: `${title}, ${t('funnel.high')}`, csv: (row) => rate(row).high },
    ]),
  ];
}

/** How a group is called, by what people are grouped by. */
function groupName(by) {
  return ({ key, others }) => {
    if (key === null) return t(others ? 'segmentation.others' : 'segmentation.none');
    if (by === 'channel') return wordFor('channel', key);
    if (by === 'minute') return t('funnel.minute', { number: Number(key) + 1 });
    return ['subject', 'pinned_product'].includes(by) ? subjectText(key) : key;
  };
}

/** How long it took: of those who reached a step, the quantiles of the time since the first. */
function timesPanel({ steps, times }) {
  const rows = times.map((one, index) => ({ ...one, name: steps[index].name, number: index + 1 }))
    .filter(({ people, number }) => number > 1 && people > 0);
  if (rows.length === 0) return null;
  const shares = rows[0].quantiles.map(({ share }) => share);
  const columns = [
    {
      title: t('column.step'), isHeader: true, csv: (row) => row.name,
      cell: (row) => h('span', {}, h('span.faint', {}, `${row.number}  `), eventName(row.name)),
    },
    { title: t('figure.people'), isNumber: true, cell: (row) => exact(row.people), csv: (row) => row.people },
    ...shares.map((share, index) => ({
      title: t('funnel.within_share', { share: Math.round(share * 100) }), isNumber: true,
      cell: (row) => timeCell(row.quantiles[index]), csv: (row) => row.quantiles[index].ms,
    })),
    ...shares.flatMap((share, index) => ['low', 'high'].map((end) => ({
      title: `${t('funnel.within_share', { share: Math.round(share * 100) })}, ${t(`funnel.${end}`)}`,
      csv: (row) => row.quantiles[index][`${end}_ms`],
    }))),
  ];
  const title = t('funnel.times');
  return panel(title, table(title, columns, rows), {
    tools: [csvButton('funnel-times', columns, rows)], isFlush: true, hint: t('funnel.times_hint'),
  });
}

function timeCell({ ms, low_ms: low, high_ms: high }) {
  if (low === null) return h('span.nowrap', { title: t('funnel.times_few') }, duration(ms));
  return h('span.nowrap', {}, duration(ms), ' ', h('span.faint.small', {}, interval({ low, high }, duration)));
}
