// Who comes back: of those who did one thing in a period, how many did another in the periods after.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { currentRange } from '../core/range.js';
import { setQuery } from '../core/router.js';
import { copyBlock, field, select } from '../ui/controls.js';
import { comparisonNote, comparisonOf, differenceColumns, differenceSentence, periods } from '../ui/comparison.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { emptyState, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { channelSelect } from '../ui/words.js';
import { ofAudiences } from './audience_choice.js';
import { comparedRates } from './audience_compare.js';
import { firstEventCommand } from './first_event.js';
import { stepsFrom, stepsText } from './funnel_question.js';
import { questionPage } from './question_page.js';
import { questionView } from './question_view.js';
import { retentionChart } from './retention_chart.js';
import { survivalView } from './survival.js';

/** How many periods may be followed; the first choice of each is the usual one. */
const COLUMNS = { day: [8, 15, 31], week: [5, 9, 13], month: [4, 7, 13] };
const USUAL = ['product_view', 'page_view', 'room_enter'];

export default {
  title: () => t('nav.retention'),
  show({ query }) {
    const retention = (now) => questionView(
      'retention', now, ofAudiences({ read, edit, ask, draw, compare })
    );
    return questionPage(query, {
      title: t('nav.retention'), lead: t('retention.lead'), label: t('retention.views'), empty,
      views: [
        { name: 'retention', text: t('retention.view_retention'), make: retention },
        { name: 'waiting', text: t('retention.view_waiting'), make: survivalView },
      ],
    });
  },
};

function empty() {
  return emptyState({
    title: t('retention.empty_title'), text: t('retention.empty_text'), next: copyBlock(firstEventCommand()),
  });
}

function read(query, { names }) {
  const [start] = stepsFrom(query.get('start'));
  const [back] = stepsFrom(query.get('return'));
  const period = query.get('period') in COLUMNS ? query.get('period') : 'day';
  const columns = Number(query.get('columns'));
  return {
    start: start ?? { name: USUAL.find((name) => names.includes(name)) ?? names[0] }, back: back ?? null, period,
    columns: COLUMNS[period].includes(columns) ? columns : COLUMNS[period][0],
    counting: query.get('counting') === 'rolling' ? 'rolling' : 'bracketed', isFirstOnly: query.get('first') === 'only',
  };
}

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const body = {
    start: question.start, return: question.back, period: question.period, columns: question.columns,
    counting: question.counting, first_only: question.isFirstOnly, time_zone: preferences.zone,
    audience: question.audience, ...periods(range),
  };
  const answer = await api.ask('retention', body, signal);
  return { question, compared: comparisonOf(answer), ...answer };
}

function edit(question, words, query) {
  const put = (changes) => setQuery(changes, { isReplacing: true });
  const choice = (name, words, chosen, usual) => field(t(`retention.${name}`), select(words, chosen, {
    onchange: (event) => put({ [name]: event.target.value === usual ? null : event.target.value }),
  }));
  const periods = Object.keys(COLUMNS).map((period) => [period, t(`retention.period_${period}`)]);
  const lengths = COLUMNS[question.period].map((count) => [
    String(count), t(`retention.follow_${question.period}`, { count: count - 1 }),
  ]);
  return panel(t('retention.question'), h('div.stack', {},
    h('div.field-row', {},
      eventField('start', question.start, words, put), eventField('return', question.back, words, put)),
    h('div.field-row', {},
      field(t('retention.period'), select(periods, question.period, {
        onchange: (event) => put({ period: event.target.value === 'day' ? null : event.target.value, columns: null }),
      })),
      choice('columns', lengths, String(question.columns), String(COLUMNS[question.period][0])),
      choice('counting', ['bracketed', 'rolling'].map((one) => [one, t(`retention.counting_${one}`)]),
        question.counting, 'bracketed'),
      choice('first', [['each', t('retention.first_each')], ['only', t('retention.first_only')]],
        query.get('first') === 'only' ? 'only' : 'each', 'each'))));
}

/** An event and its channel; the return may be the start again. */
function eventField(key, event, { names, channels }, put) {
  const known = !event || names.includes(event.name) ? names : [event.name, ...names];
  const pairs = known.map((name) => [name, wordFor('event', name)]);
  const change = (changes) => put({ [key]: changes.name ? stepsText([changes]) : null });
  const name = select(key === 'return' ? [['', t('retention.same')], ...pairs] : pairs, event?.name ?? '', {
    onchange: (changed) => change({ name: changed.target.value }),
  });
  const channel = event && channelSelect(channels, event.channel, {
    'aria-label': t(`retention.${key}_channel`),
    onchange: (changed) => change({ name: event.name, channel: changed.target.value || undefined }),
  });
  return h('div.field-row', {}, field(t(`retention.${key}`), name), channel);
}

function draw(answer) {
  const { question, cohorts, overall } = answer;
  const start = wordFor('event', question.start.name);
  if (cohorts.every((cohort) => cohort.people === 0)) return note(t('retention.nobody', { name: start }), 'watch');
  return h('div.stack', {},
    resultSentence(sentence(answer, start), answer),
    overall.some(({ denominator }) => denominator > 0) && overallPanel(answer), cohortsPanel(answer));
}

function compare(titles, answers) {
  const count = Math.max(...answers.map(({ overall }) => overall.length));
  return h('div.stack', {},
    h('p.result-sentence', {}, t('audience.compared', { names: titles.join(t('list.separator')) })),
    comparedRates({
      name: 'retention-audiences', title: t('retention.overall'), hint: t('retention.overall_hint'),
      column: t('retention.column'),
      categories: Array.from({ length: count }, (_, at) => columnTitle(answers[0].question.period, at)),
      audiences: answers.map(({ overall }, at) => ({ title: titles[at], rates: overall })),
    }));
}

function sentence({ question, overall, compared }, start) {
  const next = overall[1] ?? overall[0];
  const back = wordFor('event', (question.back ?? question.start).name);
  if (next.denominator === 0) return t('retention.too_early', { start });
  const kind = question.counting === 'rolling' ? `rolling_${question.period}` : question.period;
  const told = t(`retention.sentence_${kind}`, {
    start, back, people: next.numerator, of: next.denominator, rate: percent(next.rate), interval: interval(next),
  });
  return told + differenceSentence(compared, `/overall/${overall.indexOf(next)}`);
}

const columnTitle = (period, index) => (index === 0
  ? t(`retention.same_${period}`) : t(`retention.after_${period}`, { count: index }));

function overallPanel({ question, overall, compared }) {
  const rows = overall.map((one, index) => ({ ...one, index })).filter(({ denominator }) => denominator > 0);
  const title = t('retention.overall');
  const columns = [
    {
      title: t('retention.column'), isHeader: true, cell: (row) => columnTitle(question.period, row.index),
      csv: (row) => row.index,
    },
    {
      title: t('retention.returned'), isNumber: true, cell: (row) => exact(row.numerator),
      csv: (row) => row.numerator,
    },
    { title: t('retention.of'), isNumber: true, cell: (row) => exact(row.denominator), csv: (row) => row.denominator },
    { title: t('retention.rate'), isNumber: true, cell: (row) => percent(row.rate), csv: (row) => row.rate },
    { title: t('funnel.low'), isNumber: true, cell: (row) => percent(row.low), csv: (row) => row.low },
    { title: t('funnel.high'), isNumber: true, cell: (row) => percent(row.high), csv: (row) => row.high },
    ...differenceColumns(compared, (row) => `/overall/${row.index}`),
  ];
  const names = rows.map((row) => columnTitle(question.period, row.index));
  const before = rows.map((row) => compared?.at(`/overall/${row.index}`)?.before ?? null);
  const drawn = retentionChart({ rows, before, names, title, columns });
  return panel(title, [drawn.element, comparisonNote(compared)], {
    tools: drawn.tools, hint: t('retention.overall_hint'),
  });
}

function cohortsPanel({ question, cohorts }) {
  const title = t('retention.cohorts');
  const columns = [
    {
      title: t(`retention.cohort_${question.period}`), isHeader: true, cell: (row) => h('span.nowrap', {}, row.day),
      csv: (row) => row.day,
    },
    { title: t('figure.people'), isNumber: true, cell: (row) => exact(row.people), csv: (row) => row.people },
    ...Array.from({ length: question.columns }, (_, index) => ({
      title: columnTitle(question.period, index), isNumber: true, cell: (row) => share(row.returned[index]),
      csv: (row) => row.returned[index]?.numerator,
    })),
    ...Array.from({ length: question.columns }, (_, index) => ['low', 'high'].map((end) => ({
      title: `${columnTitle(question.period, index)}, ${t(`funnel.${end}`)}`,
      csv: (row) => row.returned[index]?.[end],
    }))).flat(),
  ];
  return panel(title, table(title, columns, cohorts), {
    tools: [csvButton('retention', columns, cohorts)], isFlush: true, hint: t('retention.cohorts_hint'),
  });
}

/** A share on a ground that is the stronger the larger it is; one whose period is not over is marked. */
function share(cell) {
  if (!cell || cell.rate === null) return h('span.faint', {}, cell ? '–' : '');
  const people = t('retention.cell', { people: cell.numerator, of: cell.denominator, interval: interval(cell) });
  const title = cell.is_over ? people : `${people}\n${t('retention.not_over')}`;
  const strength = `${Math.round(cell.rate * 60)}%`;
  return h('span.heat', { title, style: { '--strength': strength } }, percent(cell.rate), !cell.is_over
    && h('span.faint', { 'aria-label': t('retention.not_over') }, '*'));
}
