// The funnel: its steps in the address, its result below.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compact, decimal, exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { setQuery, withQuery } from '../core/router.js';
import { button, field, select, withTitle } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { channelSelect, eventName } from '../ui/words.js';
import { funnelChart } from './funnel_chart.js';
import { conditionsText, droppedConditions, STEPS_MAX, stepsFrom, stepsText } from './funnel_question.js';
import { questionView } from './question_view.js';

const HOUR_MS = 3_600_000;
const WINDOWS = { '1h': HOUR_MS, '1d': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '28d': 672 * HOUR_MS, '90d': 2160 * HOUR_MS };
const USUAL = ['product_exposure', 'product_view', 'product_click', 'add_to_cart', 'order_paid'];

function stepsOf(query, names) {
  const given = stepsFrom(query.get('steps'));
  if (given.length > 0) return given;
  const usual = USUAL.filter((name) => names.includes(name));
  return (usual.length >= 2 ? usual : names.slice(0, 2)).map((name) => ({ name }));
}

export function stepsView(query) {
  return questionView('funnel', query, {
    read: (now, words) => stepsOf(now, words.names), edit: stepsEditor, ask, draw,
  });
}

async function ask(steps, query, signal) {
  const range = await currentRange(query);
  const window = query.get('window') in WINDOWS ? query.get('window') : '7d';
  const by = query.get('by') === 'channel' ? 'channel' : null;
  const body = { steps, window_ms: WINDOWS[window], by, ...asQuery(range) };
  return { asked: steps, window, ...await api.post('/funnel', body, signal) };
}

function stepsEditor(steps, words, query) {
  const change = (next) => setQuery({ steps: stepsText(next) }, { isReplacing: true });
  const rows = steps.map((step, index) => stepRow(steps, index, words, change));
  const add = steps.length < STEPS_MAX && button({
    text: t('funnel.add'), sign: 'plus', onclick: () => change([...steps, { name: words.names[0] }]),
  });
  const windows = Object.keys(WINDOWS).map((key) => [key, t(`funnel.window_${key}`)]);
  const window = select(windows, query.get('window') ?? '7d', {
    onchange: (event) => setQuery(
      { window: event.target.value === '7d' ? null : event.target.value }, { isReplacing: true }
    ),
  });
  const breakdown = select([['', t('funnel.by_none')], ['channel', t('funnel.by_channel')]], query.get('by') ?? '', {
    onchange: (event) => setQuery({ by: event.target.value }, { isReplacing: true }),
  });
  const options = h('div.field-row', {}, field(t('funnel.window'), window), field(t('funnel.by'), breakdown));
  return panel(t('funnel.steps'), h('div.stack', {}, h('ol.steps', {}, ...rows), add, options));
}

function stepRow(steps, index, { names, channels }, change) {
  const step = steps[index];
  const number = index + 1;
  const known = names.includes(step.name) ? names : [step.name, ...names];
  const put = (changes) => change(steps.map((one, at) => (at === index ? { ...one, ...changes } : one)));
  const name = select(known.map((one) => [one, wordFor('event', one)]), step.name, {
    'aria-label': t('funnel.step_event', { number }), onchange: (event) => put({ name: event.target.value }),
  });
  const channel = channelSelect(channels, step.channel, {
    'aria-label': t('funnel.step_channel', { number }),
    onchange: (event) => put({ channel: event.target.value || undefined }),
  });
  const swap = () => {
    const next = [...steps];
    [next[index - 1], next[index]] = [next[index], next[index - 1]];
    change(next);
  };
  const up = button({
    label: t('funnel.step_up', { number }), sign: 'up', kind: 'quiet', disabled: index === 0, onclick: swap,
  });
  const remove = button({
    label: t('funnel.step_remove', { number }), sign: 'close', kind: 'quiet', disabled: steps.length <= 1,
    onclick: () => change(steps.filter((one, at) => at !== index)),
  });
  return h('li.step', {}, h('span.step-number', { 'aria-hidden': 'true' }, String(number)), name, channel, up, remove);
}

function draw(answer) {
  const { steps, window } = answer;
  const [first, last] = [steps[0], steps.at(-1)];
  if (first.people === 0) return note(t('funnel.nobody', { name: wordFor('event', first.name) }), 'watch');
  const sentence = t('funnel.sentence', {
    first: wordFor('event', first.name), last: wordFor('event', last.name), start: first.people, end: last.people,
    rate: percent(last.rate_from_first.rate), interval: interval(last.rate_from_first),
    window: t(`funnel.window_${window}`),
  });
  const speed = t('funnel.speed', { people: answer.people, ms: decimal(answer.duration_ms, 1) });
  return h('div.stack', {},
    h('p.result-sentence', {}, sentence, ' ', h('span.faint.small.nowrap', {}, speed)),
    resultPanel(answer), answer.by.length > 0 && channelsPanel(answer));
}

function resultPanel({ steps, asked }) {
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
  ];
  const seen = columns.filter((column) => ![t('funnel.low'), t('funnel.high')].includes(column.title));
  const title = t('funnel.result');
  const drawn = funnelChart({ steps, title, columns });
  return panel(
    title, [drawn.element, droppedLink(asked), h('div.flush-table', {}, table(title, seen, steps))],
    { tools: drawn.tools }
  );
}

/** To the audience of those who took the steps before and not the last, named by what it asks. */
function droppedLink(asked) {
  const conditions = droppedConditions(asked);
  if (!conditions) return null;
  const names = (list) => list.map(({ name, channel, at_least: times }) => (
    `${wordFor('event', name)}${channel ? ` (${wordFor('channel', channel)})` : ''}${times > 1 ? ` ×${times}` : ''}`
  )).join(t('list.separator'));
  const href = withQuery({
    view: 'audience', did: conditionsText(conditions.did), not: conditionsText(conditions.not),
  });
  const words = t('funnel.dropped', { did: names(conditions.did), not: names(conditions.not) });
  return h('p.panel-link', {}, h('a.link', { href }, words));
}

function channelsPanel({ steps, by }) {
  const columns = [
    {
      title: t('column.channel'), isHeader: true, cell: (row) => wordFor('channel', row.channel),
      csv: (row) => row.channel,
    },
    ...steps.map((step, index) => ({
      title: wordFor('event', step.name), isNumber: true, csv: (row) => row.people[index],
      cell: (row) => h('span', {}, exact(row.people[index]), index > 0 && row.people[0] > 0
        && h('span.faint.small', {}, `  ${percent(row.people[index] / row.people[0])}`)),
    })),
  ];
  const title = t('funnel.channels');
  return panel(title, table(title, columns, by), {
    tools: [csvButton('funnel-channels', columns, by)], isFlush: true, hint: t('funnel.channels_hint'),
  });
}
