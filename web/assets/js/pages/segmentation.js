// How much of anything happened: how often, by how many, of what value; by what it is grouped by, over time.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compact, compactMoney, decimal, exact, exactMoney, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { currentRange } from '../core/range.js';
import { setQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { copyBlock, field, select } from '../ui/controls.js';
import { comparisonNote, comparisonOf, differenceColumns, differenceSentence, periods } from '../ui/comparison.js';
import { pageHead, panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { asking, emptyState, note } from '../ui/states.js';
import { table } from '../ui/table.js';
import { subjectText } from '../ui/words.js';
import { ofAudiences } from './audience_choice.js';
import { eventFilter, wholeFilter } from './event_filter.js';
import { firstEventCommand } from './first_event.js';
import { filterFrom, filterText } from './funnel_question.js';
import { questionView } from './question_view.js';
import { barsChart, linesChart } from './segmentation_chart.js';

const MEASURES = ['events', 'people', 'events_per_person', 'sum', 'mean', 'sum_per_person', 'quantile'];
const OF_VALUES = MEASURES.slice(3);
const QUANTILES = ['0.5', '0.25', '0.75', '0.9', '0.95', '0.99'];
const PEOPLE = ['exact', 'approximate'];
const PRECISIONS = ['10', '11', '12', '13', '14', '15', '16'];
const PRECISION_USUAL = '14';
const PERIODS = ['day', 'week', 'month'];
const USUAL = ['order_paid', 'product_view', 'page_view'];

export default {
  title: () => t('nav.segmentation'),
  show({ query }) {
    const view = questionView('segmentation', query, ofAudiences({ read, edit, ask, draw, compare }));
    const place = asking((words) => (words.names.length === 0 ? empty() : view.start(words)), { lines: 8 });
    place.ask(() => vocabulary());
    const leave = () => {
      place.stop();
      view.stop();
    };
    const element = h('div', {}, pageHead(t('nav.segmentation'), t('segmentation.lead')), place.element);
    return { element, update: view.update, leave };
  },
};

function empty() {
  return emptyState({
    title: t('segmentation.empty_title'), text: t('segmentation.empty_text'), next: copyBlock(firstEventCommand()),
  });
}

function read(query, { names }) {
  const event = filterFrom(query.get('event')) ?? { name: USUAL.find((name) => names.includes(name)) ?? names[0] };
  const measure = MEASURES.includes(query.get('measure')) ? query.get('measure') : 'people';
  const by = (query.get('by') ?? '').split(',').filter(Boolean).slice(0, 2).map(decodeURIComponent);
  return {
    event, measure, of: OF_VALUES.includes(measure) ? query.get('of') || null : null, by,
    quantile: QUANTILES.includes(query.get('quantile')) ? query.get('quantile') : QUANTILES[0],
    people: measure === 'people' && query.get('people') === 'approximate' ? 'approximate' : 'exact',
    precision: PRECISIONS.includes(query.get('precision')) ? query.get('precision') : PRECISION_USUAL,
    period: PERIODS.includes(query.get('period')) ? query.get('period') : 'day',
  };
}

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const body = {
    event: wholeFilter(question.event), measure: question.measure, of: question.of,
    by: question.isCompared ? [] : question.by, audience: question.audience,
    time_zone: preferences.zone,
    quantile: question.measure === 'quantile' ? Number(question.quantile) : null,
    ...(isAbout(question) ? { people: question.people, precision: Number(question.precision) } : {}),
  };
  const answer = await api.ask('segmentation', { ...body, period: question.period, ...periods(range) }, signal);
  return { question, compared: comparisonOf(answer), ...answer };
}

const isAbout = ({ people }) => people === 'approximate';

function edit(question, words, query) {
  const put = (changes) => setQuery(changes, { isReplacing: true });
  const choice = (name, pairs, chosen, usual) => field(t(`segmentation.${name}`), select(pairs, chosen, {
    onchange: ({ target }) => put({ [name]: target.value === usual ? null : target.value }),
  }));
  const numbers = words.properties.filter((one) => one.has_numbers);
  const ofPairs = [['', t('segmentation.of_value')], ...numbers.map(({ name }) => [name, wordFor('property', name)])];
  return panel(t('segmentation.question'), h('div.stack', {},
    eventFilter(t('segmentation.event'), question.event, words, (event) => put({ event: filterText(event) })),
    h('div.field-row', {},
      choice('measure', MEASURES.map((one) => [one, t(`segmentation.measure_${one}`)]), question.measure, 'people'),
      OF_VALUES.includes(question.measure) && choice('of', ofPairs, question.of ?? '', ''),
      question.measure === 'quantile'
        && choice('quantile', QUANTILES.map((one) => [one, quantileText(one)]), question.quantile, QUANTILES[0]),
      question.measure === 'people'
        && choice('people', PEOPLE.map((one) => [one, t(`segmentation.people_${one}`)]), question.people, 'exact'),
      isAbout(question)
        && choice('precision', PRECISIONS.map((one) => [one, precisionText(one)]), question.precision, PRECISION_USUAL),
      byField(question, words, 0, put), question.by.length > 0 && byField(question, words, 1, put),
      choice('period', PERIODS.map((one) => [one, t(`segmentation.period_${one}`)]), question.period, 'day'))));
}

const precisionText = (precision) => t('segmentation.precision_at', {
  error: percent(1.04 / 2 ** (Number(precision) / 2)),
});

const quantileText = (quantile) => t('segmentation.quantile_at', { share: Number(quantile) * 100 });

function byField({ by }, { properties }, place, put) {
  const names = ['channel', 'name', 'subject', ...properties.filter((one) => one.has_texts).map(({ name }) => name)];
  const pairs = names.filter((name) => name !== by[1 - place]).map((name) => [name, dimensionName(name)]);
  const chosen = select([['', t('segmentation.by_none')], ...pairs], by[place] ?? '', {
    onchange: ({ target }) => {
      const next = [...by];
      next.splice(place, 1, ...(target.value ? [target.value] : []));
      put({ by: next.map(encodeURIComponent).join(',') || null });
    },
  });
  return field(t(place === 0 ? 'segmentation.by' : 'segmentation.by_second'), chosen);
}

const dimensionName = (name) => (
  ['channel', 'name', 'subject', 'audience'].includes(name) ? t(`segmentation.by_${name}`) : wordFor('property', name));

/** How values are written: money of a currency, counts, or plain numbers. */
function writer({ unit, question }) {
  if (unit) {
    const money = (minor) => ({ minor: Math.round(minor), currency: unit });
    return { short: (value) => compactMoney(money(value)), long: (value) => exactMoney(money(value)) };
  }
  const isCount = ['events', 'people'].includes(question.measure);
  return { short: compact, long: isCount ? exact : (value) => decimal(value, 2) };
}

/** Counts differ by whole numbers, also where they are estimates. */
function differenceWords(answer) {
  const { long } = writer(answer);
  const whole = ['events', 'people'].includes(answer.question.measure) ? (value) => exact(Math.round(value)) : long;
  return { value: long, difference: whole, end: whole };
}

function keyText(dimension, key, { others }) {
  if (key === null) return t(others ? 'segmentation.others' : 'segmentation.none');
  if (dimension === 'channel') return wordFor('channel', key);
  if (dimension === 'name') return wordFor('event', key);
  return dimension === 'subject' ? subjectText(key) : key;
}

const groupText = (group, { by }) => by.map((dimension, at) => keyText(dimension, group.keys[at], group)).join(' · ');

function draw(answer) {
  const { question, total } = answer;
  if (total.events === 0) return note(t('segmentation.nothing', { name: eventText(question.event) }), 'watch');
  return h('div.stack', {},
    resultSentence(sentence(answer), answer),
    timePanel(answer), answer.by.length > 0 && groupsPanel(answer));
}

/** Audiences are groups like any others, but that people may be in several. */
function compare(titles, answers) {
  const [{ question, days, unit, total }] = answers;
  const none = { ...total, value: null, low: null, high: null, events: 0, people: 0 };
  const groups = answers.map((answer, at) => ({
    keys: [titles[at]], others: false, total: answer.total,
    series: answer.groups[0]?.series ?? days.map(() => none),
  }));
  const known = groups.map((group) => group.total).find(({ low }) => low !== null) ?? total;
  const answer = { question, days, unit, total: known, by: ['audience'], groups };
  return h('div.stack', {},
    h('p.result-sentence', {}, t('audience.compared', { names: titles.join(t('list.separator')) })),
    timePanel(answer), groupsPanel(answer));
}

const eventText = ({ name, channel }) => (
  wordFor('event', name) + (channel ? ` (${wordFor('channel', channel)})` : ''));

function sentence(answer) {
  const { question, total, compared } = answer;
  const { long } = writer(answer);
  const kind = isAbout(question) ? 'people_about' : question.measure;
  const told = t(`segmentation.sentence_${kind}`, {
    event: eventText(question.event), value: total.value === null ? '–' : long(total.value),
    interval: total.low === null ? '' : interval(total, long), people: total.people, events: total.events,
    share: Number(question.quantile) * 100,
    of: question.of ? wordFor('property', question.of) : t('segmentation.value'),
  });
  return told + differenceSentence(compared, '/total', differenceWords(answer));
}

function cellColumns(answer, read, placeOf) {
  const { long } = writer(answer);
  const hasInterval = answer.total.low !== null;
  const written = (key) => (row) => (read(row)[key] === null ? '–' : long(read(row)[key]));
  return [
    {
      title: t(`segmentation.measure_${answer.question.measure}`), isNumber: true, cell: written('value'),
      csv: (row) => read(row).value,
    },
    hasInterval && { title: t('funnel.low'), isNumber: true, cell: written('low'), csv: (row) => read(row).low },
    hasInterval && { title: t('funnel.high'), isNumber: true, cell: written('high'), csv: (row) => read(row).high },
    ...['events', 'people'].filter((one) => one !== answer.question.measure).map((one) => ({
      title: t(`figure.${one}`), isNumber: true, cell: (row) => exact(read(row)[one]), csv: (row) => read(row)[one],
    })),
    ...differenceColumns(answer.compared, placeOf, differenceWords(answer)),
  ].filter(Boolean);
}

function timePanel(answer) {
  const { days, groups } = answer;
  const title = t('segmentation.over_time');
  const shown = groups.filter(({ others }) => !others).slice(0, 7);
  const names = shown.map((group) => groupText(group, answer) || t('segmentation.all'));
  const cells = (at, group) => (group.series.length > 0 ? group.series[at] : group.total);
  const rows = days.flatMap((day, at) => shown.map((group, number) => ({
    day, name: names[number], cell: cells(at, group),
    place: `/groups/${groups.indexOf(group)}/${group.series.length > 0 ? `series/${at}` : 'total'}`,
  })));
  const columns = [
    { title: t('column.time'), isHeader: true, cell: (row) => h('span.nowrap', {}, row.day), csv: (row) => row.day },
    answer.by.length > 0 && { title: t('segmentation.group'), cell: (row) => row.name, csv: (row) => row.name },
    ...cellColumns(answer, (row) => row.cell, (row) => row.place),
  ].filter(Boolean);
  const series = shown.map((group, number) => ({
    name: names[number], cells: days.map((_, at) => cells(at, group)),
    before: days.map((_, at) => answer.compared?.at(rows[at * shown.length + number].place)?.before.value ?? null),
  }));
  const drawn = linesChart({ days, series, title, columns, rows, ...writer(answer) });
  const hint = groups.length > shown.length ? t('segmentation.largest', { count: shown.length }) : null;
  return panel(title, [drawn.element, comparisonNote(answer.compared)], { tools: drawn.tools, hint });
}

function groupsPanel(answer) {
  const title = t('segmentation.groups');
  const placeOf = (row) => `/groups/${answer.groups.indexOf(row)}/total`;
  const columns = [
    ...answer.by.map((dimension, at) => ({
      title: dimensionName(dimension), isHeader: at === 0, cell: (row) => keyText(dimension, row.keys[at], row),
      csv: (row) => row.keys[at],
    })),
    ...cellColumns(answer, (row) => row.total, placeOf),
  ];
  const bars = answer.groups.filter(({ others }) => !others).slice(0, 12).map((group) => ({
    name: groupText(group, answer), ...group.total,
    before: answer.compared?.at(placeOf(group))?.before.value ?? null,
  }));
  const drawn = barsChart({ bars, title, columns, rows: answer.groups, ...writer(answer) });
  return panel(title, [
    drawn.element, comparisonNote(answer.compared), h('div.flush-table', {}, table(title, columns, answer.groups)),
  ], {
    tools: drawn.tools.slice(1), hint: t('segmentation.groups_hint'),
  });
}
