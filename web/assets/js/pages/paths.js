// The ways that people take from an event on, or to one.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { currentRange } from '../core/range.js';
import { setQuery, withQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { button, copyBlock, field, select } from '../ui/controls.js';
import { comparisonNote, comparisonOf, differenceColumns, differenceSentence, periods } from '../ui/comparison.js';
import { pageHead, panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { asking, emptyState, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { eventFilter, wholeFilter } from './event_filter.js';
import { firstEventCommand } from './first_event.js';
import { filterFrom, filterText, stepsFrom, stepsText } from './funnel_question.js';
import { pathsChart } from './paths_chart.js';
import { questionView } from './question_view.js';

const DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8];
const DEPTH = 4;
const GAPS = { '10m': 600_000, '30m': 1_800_000, '4h': 14_400_000, '1d': 86_400_000, '7d': 604_800_000 };
const GAP = '30m';
const COUNTS = ['people', 'sessions', 'occurrences'];
const USUAL = ['room_enter', 'page_view', 'product_view'];
/** Heartbeats say that someone is there still, and are no step. */
const LEFT_OUT = ['room_stay', 'page_stay'];
const NODES = 7;

export default {
  title: () => t('nav.paths'),
  show({ query }) {
    const view = questionView('paths', query, { read, edit, ask, draw });
    const place = asking((words) => (words.names.length === 0 ? empty() : view.start(words)), { lines: 8 });
    place.ask(() => vocabulary());
    const leave = () => {
      place.stop();
      view.stop();
    };
    const element = h('div', {}, pageHead(t('nav.paths'), t('paths.lead')), place.element);
    return { element, update: view.update, leave };
  },
};

function empty() {
  return emptyState({
    title: t('paths.empty_title'), text: t('paths.empty_text'), next: copyBlock(firstEventCommand()),
  });
}

function read(query, { names }) {
  const anchor = filterFrom(query.get('event'));
  const depth = Number(query.get('depth'));
  const leftOut = query.has('except')
    ? stepsFrom(query.get('except')).map(({ name }) => name) : LEFT_OUT.filter((name) => names.includes(name));
  return {
    anchor: anchor ?? { name: USUAL.find((name) => names.includes(name)) ?? names[0] }, leftOut,
    direction: query.get('direction') === 'to' ? 'to' : 'from', depth: DEPTHS.includes(depth) ? depth : DEPTH,
    count: COUNTS.includes(query.get('count')) ? query.get('count') : 'people',
    gap: query.get('gap') in GAPS ? query.get('gap') : GAP, isByChannel: query.get('by') === 'channel',
    folds: query.get('fold') !== 'no',
  };
}

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const body = {
    anchor: wholeFilter(question.anchor), direction: question.direction, depth: question.depth, count: question.count,
    gap_ms: GAPS[question.gap], by: question.isByChannel ? 'channel' : null, fold: question.folds,
    except: question.leftOut.map((name) => ({ name })), nodes: NODES, ...periods(range),
  };
  const answer = await api.ask('paths', body, signal);
  return { question, compared: comparisonOf(answer), ...answer };
}

function edit(question, words) {
  const put = (changes) => setQuery(changes, { isReplacing: true });
  const choice = (key, pairs, chosen, usual) => field(t(`paths.${key}`), select(pairs, chosen, {
    onchange: (event) => put({ [key]: event.target.value === usual ? null : event.target.value }),
  }));
  const named = (key, values) => values.map((one) => [one, t(`paths.${key}_${one}`)]);
  return panel(t('paths.question'), h('div.stack', {},
    eventFilter(t('paths.event'), question.anchor, words, (event) => put({ event: filterText(event) })),
    h('div.field-row', {},
      choice('direction', named('direction', ['from', 'to']), question.direction, 'from'),
      choice('depth', DEPTHS.map((count) => [String(count), t('paths.depth_steps', { count })]),
        String(question.depth), String(DEPTH)),
      choice('count', named('count', COUNTS), question.count, 'people'),
      choice('gap', named('gap', Object.keys(GAPS)), question.gap, GAP),
      choice('by', [['', t('paths.by_name')], ['channel', t('paths.by_channel')]],
        question.isByChannel ? 'channel' : '', ''),
      choice('fold', [['', t('paths.fold_yes')], ['no', t('paths.fold_no')]], question.folds ? '' : 'no', '')),
    leftOutRow(question.leftOut, words.names, put)));
}

/** What is no step: each with a button that takes it back, and a list to add to them. */
function leftOutRow(leftOut, names, put) {
  const change = (next) => put({ except: next.length ? stepsText(next.map((name) => ({ name }))) : 'none' });
  const known = leftOut.filter((name) => names.includes(name));
  const chips = known.map((name) => button({
    text: wordFor('event', name), label: t('paths.take_back', { name: wordFor('event', name) }), sign: 'close',
    kind: 'quiet', onclick: () => change(known.filter((one) => one !== name)),
  }));
  const others = names.filter((name) => !known.includes(name)).map((name) => [name, wordFor('event', name)]);
  const add = select([['', t('paths.except_add')], ...others], '', {
    onchange: (event) => event.target.value && change([...known, event.target.value]),
  });
  return h('div.field-row', {}, field(t('paths.except'), add), h('div.cluster', {}, ...chips));
}

export function nodeText(node) {
  if (node.is_other) return t('paths.other');
  const name = node.name ? wordFor('event', node.name) : t('paths.any_event');
  return node.channel ? `${name} · ${wordFor('channel', node.channel)}` : name;
}

/** The page of the same question about another event; none for what stands for several. */
function anchorHref(node) {
  return node.is_other ? null : withQuery({ event: filterText(node) });
}

function draw(answer) {
  const { question, total, levels } = answer;
  const name = wordFor('event', question.anchor.name);
  if (total.paths === 0) return note(t('paths.nobody', { name }), 'watch');
  const next = (levels[1] ?? []).find((node) => !node.is_other);
  return h('div.stack', {},
    resultSentence(
      [sentence(answer, name, next),
        next ? differenceSentence(answer.compared, `/levels/1/${levels[1].indexOf(next)}/share`) : ''], answer),
    flowPanel(answer), pathsPanel(answer));
}

function sentence({ question, total }, name, next) {
  if (!next) return t(`paths.alone_${question.direction}`, { name, count: total.paths });
  const values = { name, next: nodeText(next), count: next.count, of: total.paths };
  const words = t(`paths.sentence_${question.direction}_${question.count}`, {
    ...values, rate: percent(next.count / total.paths),
  });
  return words + (next.share ? t('paths.interval', { interval: interval(next.share) }) : t('paths.end'));
}

const countedColumn = ({ count }) => ({
  title: t(`paths.counted_${count}`), isNumber: true, cell: (row) => exact(row.count), csv: (row) => row.count,
});

function flowPanel(answer) {
  const { question, levels, compared } = answer;
  const rows = levels.flatMap((nodes, level) => nodes.map((node, place) => ({ ...node, level, place })));
  const last = levels.length - 1 === question.depth ? question.depth : null;
  const sign = question.direction === 'to' ? -1 : 1;
  const columns = [
    { title: t('paths.step'), isNumber: true, cell: (row) => exact(sign * row.level), csv: (row) => sign * row.level },
    {
      title: t('column.event'), isHeader: true, csv: (row) => nodeText(row),
      cell: (row) => (anchorHref(row) ? h('a.link', { href: anchorHref(row) }, nodeText(row)) : nodeText(row)),
    },
    countedColumn(question),
    {
      title: t(`paths.ended_${question.direction}`), isNumber: true, csv: (row) => row.ended,
      cell: (row) => (row.level === last ? '–' : exact(row.ended)),
    },
    ...(question.count === 'people' ? [
      ...shareColumns(), ...differenceColumns(compared, (row) => `/levels/${row.level}/${row.place}/share`),
    ] : []),
  ];
  const title = t(`paths.flow_${question.direction}`);
  const pick = (node) => {
    if (!node.is_other) setQuery({ event: filterText(node) });
  };
  const drawn = pathsChart({ answer, title, columns, rows, nodeText, pick });
  return panel(title, drawn.element, { tools: drawn.tools, hint: t('paths.flow_hint') });
}

/** The share of all paths, with its interval. */
function shareColumns() {
  return [
    {
      title: t('paths.share'), isNumber: true, csv: (row) => row.share.rate,
      cell: ({ share }) => h('span', {}, percent(share.rate), ' ', h('span.faint.small', {}, interval(share))),
    },
    { title: t('funnel.low'), csv: (row) => row.share.low },
    { title: t('funnel.high'), csv: (row) => row.share.high },
  ];
}

function pathsPanel({ question, paths, distinct, compared }) {
  const arrow = question.direction === 'to' ? ' ← ' : ' → ';
  const words = (path) => path.nodes.map(nodeText).join(arrow) + (path.is_cut ? `${arrow}…` : '');
  const columns = [
    { title: t('paths.path'), isHeader: true, isWide: true, cell: words, csv: words },
    countedColumn(question),
    question.count !== 'people' && {
      title: t('figure.people'), isNumber: true, cell: (row) => exact(row.people), csv: (row) => row.people,
    },
    ...shareColumns(),
    ...differenceColumns(compared, (row) => `/paths/${paths.indexOf(row)}/share`),
  ].filter(Boolean);
  const title = t('paths.most');
  return panel(title, [table(title, columns, paths), h('div.panel-note', {}, comparisonNote(compared, 'column'))], {
    tools: [csvButton('paths', columns, paths)], isFlush: true,
    hint: t('paths.most_hint', { shown: paths.length, all: distinct }),
  });
}
