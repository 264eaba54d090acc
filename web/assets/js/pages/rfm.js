// How recently, how often and for how much people bought, and the segments that follow.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compactMoney, decimal, exact, exactMoney, interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { withQuery } from '../core/router.js';
import { panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { note } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { personLink, timeText } from '../ui/words.js';
import { questionView } from './question_view.js';
import { rfmChart } from './rfm_chart.js';

const SCORES = [5, 4, 3, 2, 1];
const PAGE_SIZE = 50;

export function rfmView(query) {
  const read = (now) => ({ segment: now.get('segment'), cursor: now.get('cursor') });
  return questionView('rfm', query, { read, edit: () => null, ask, draw });
}

async function ask(question, query, signal) {
  const list = question.segment && { segment: question.segment, limit: PAGE_SIZE, cursor: question.cursor };
  const answer = await api.ask('rfm', { ...asQuery(await currentRange(query)), list }, signal);
  return { question, ...answer };
}

const segmentName = (segment) => t(`rfm_segment.${segment}`);

function draw(answer) {
  if (answer.buyers === 0) return note(t('rfm.nobody', { currency: answer.currency }), 'watch');
  return h('div.stack', {},
    resultSentence(sentence(answer), answer),
    answer.orders_left_out > 0 && note(t('rfm.left_out', {
      count: answer.orders_left_out, currency: answer.currency,
    })),
    segmentsPanel(answer), answer.list && peoplePanel(answer), gridPanel(answer), scoresPanel(answer));
}

function sentence({ buyers, segments, value, key }) {
  const most = segments.toSorted((one, other) => other.value.minor - one.value.minor)[0];
  return t('rfm.sentence', {
    buyers: exact(buyers), key: exact(key.numerator), rate: percent(key.rate), interval: interval(key),
    segment: segmentName(most.segment), value: compactMoney(most.value),
    share: percent(value.minor > 0 ? most.value.minor / value.minor : null),
  });
}

function segmentsPanel({ question, segments, currency }) {
  const title = t('rfm.segments');
  const money = (minor) => (minor === null ? '–' : exactMoney({ minor: Math.round(minor), currency }));
  const number = (head, read, write) => ({
    title: head, isNumber: true, cell: (row) => write(read(row)), csv: (row) => read(row),
  });
  const columns = [
    {
      title: t('rfm.segment'), isHeader: true, cell: (row) => segmentLink(row, question), csv: (row) => row.segment,
    },
    number(t('figure.people'), (row) => row.people.numerator, exact),
    number(t('stages.share'), (row) => row.people.rate, percent),
    number(t('funnel.low'), (row) => row.people.low, percent),
    number(t('funnel.high'), (row) => row.people.high, percent),
    number(t('rfm.orders'), (row) => row.orders, exact),
    number(t('rfm.value'), (row) => row.value.minor, money),
    number(t('rfm.mean'), (row) => row.mean_value.mean, money),
    number(t('rfm.mean_low'), (row) => row.mean_value.low, money),
    number(t('rfm.mean_high'), (row) => row.mean_value.high, money),
  ];
  const names = segments.map(({ segment }) => segmentName(segment));
  const drawn = rfmChart({ segments, names, title, columns });
  return panel(title, [drawn.element, table(title, columns, segments)], {
    tools: drawn.tools, hint: t('rfm.segments_hint'),
  });
}

function segmentLink({ segment, people }, question) {
  if (people.numerator === 0) return segmentName(segment);
  const isChosen = question.segment === segment;
  const href = withQuery({ segment: isChosen ? null : segment, cursor: null });
  return h('a.nowrap', { href, 'aria-current': isChosen ? 'true' : null }, segmentName(segment));
}

function peoplePanel({ question, list, currency }) {
  const title = t('rfm.people', { segment: segmentName(question.segment) });
  const number = (head, key, write = exact) => ({
    title: head, isNumber: true, cell: (row) => write(row[key]), csv: (row) => row[key],
  });
  const columns = [
    { title: t('stages.person'), isHeader: true, cell: (row) => personLink(row.person), csv: (row) => row.person },
    { title: t('rfm.last_order'), cell: (row) => timeText(row.last_order), csv: (row) => row.last_order },
    number(t('rfm.orders'), 'orders'), number(t('rfm.value'), 'minor', (minor) => exactMoney({ minor, currency })),
    number(t('rfm.recency'), 'recency'), number(t('rfm.frequency'), 'frequency'),
    number(t('rfm.monetary'), 'monetary'),
  ];
  return panel(title, [table(title, columns, list.people), pager({
    firstHref: question.cursor && withQuery({ cursor: null }), nextHref: list.next && withQuery({ cursor: list.next }),
  })], {
    tools: [csvButton('rfm-people', columns, list.people)], isFlush: true,
    hint: t('stages.people_total', { count: list.total }),
  });
}

/** Recency across, frequency down: how many, and what they brought on average. */
function gridPanel({ cells, buyers, currency }) {
  const title = t('rfm.grid');
  const at = (frequency, recency) => cells
    .filter((one) => one.frequency === frequency && one.recency === recency)
    .reduce((sum, one) => ({ people: sum.people + one.people, minor: sum.minor + one.minor }), { people: 0, minor: 0 });
  const columns = [
    { title: t('rfm.frequency_down'), isHeader: true, cell: (frequency) => t('rfm.f_score', { score: frequency }) },
    ...SCORES.toReversed().map((recency) => ({
      title: t('rfm.r_score', { score: recency }), isNumber: true,
      cell: (frequency) => gridCell(at(frequency, recency), buyers, currency),
    })),
  ];
  return panel(title, table(title, columns, SCORES), { hint: t('rfm.grid_hint'), isFlush: true });
}

function gridCell({ people, minor }, buyers, currency) {
  if (people === 0) return h('span.faint', {}, '–');
  const mean = compactMoney({ minor: Math.round(minor / people), currency });
  return h('span.heat', { style: { '--strength': `${Math.round((people / buyers) * 100)}%` } }, exact(people),
    h('span.soft.small', {}, ` · ${mean}`));
}

/** Which figures have which score. */
function scoresPanel({ scores, currency }) {
  const title = t('rfm.scores');
  const range = (one, write) => {
    if (one === null) return '–';
    return one.min === one.max ? write(one.min) : t('number.interval', { low: write(one.min), high: write(one.max) });
  };
  const money = (minor) => compactMoney({ minor, currency });
  const columns = [
    { title: t('rfm.score'), isHeader: true, cell: (row) => exact(row.score) },
    { title: t('rfm.days_since'), isNumber: true, cell: (row) => range(row.days, (days) => decimal(days, 1)) },
    { title: t('rfm.orders'), isNumber: true, cell: (row) => range(row.orders, exact) },
    { title: t('rfm.value'), isNumber: true, cell: (row) => range(row.minor, money) },
  ];
  return panel(title, table(title, columns, scores.toReversed()), { hint: t('rfm.scores_hint'), isFlush: true });
}
