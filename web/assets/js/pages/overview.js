// What happened in a period, in one screen.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import {
  change, compact, daySpan, exact, exactMoney, exactTime, interval, moneyText, percent, points,
} from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { withQuery } from '../core/router.js';
import { session } from '../core/session.js';
import { forgetVocabulary } from '../core/vocabulary.js';
import { copyBlock, withTitle } from '../ui/controls.js';
import { icon } from '../ui/icons.js';
import { metricLabel } from '../ui/metric_mark.js';
import { moneyColumns, moneyLines } from '../ui/money_columns.js';
import { figure, figures, pageHead, panel } from '../ui/panel.js';
import { asking, emptyState, note } from '../ui/states.js';
import { barCell, csvButton, table } from '../ui/table.js';
import { firstEventCommand } from './first_event.js';
import { liveStrip } from './overview_live.js';
import { byHourPanel, byTimePanel } from './overview_charts.js';

const REFRESH_MS = 15_000;

export default {
  title: () => t('nav.overview'),
  show({ query }) {
    const lead = h('p.lead', {}, '\u00a0');
    let now = query;
    let answeredAt = 0;
    const place = asking((answer) => {
      answeredAt = Date.now();
      replace(lead, sentence(answer));
      return draw(answer);
    }, { lines: 8 });
    const update = (changed) => {
      now = changed;
      place.ask((signal) => load(changed, signal));
    };
    const live = liveStrip(() => {
      if (Date.now() - answeredAt < REFRESH_MS || document.hidden || isBeingRead(place.element)) return;
      answeredAt = Date.now();
      forgetVocabulary();
      update(now);
    });
    const head = pageHead(t('nav.overview'), null, live.element);
    head.firstChild.append(lead);
    update(query);
    const leave = () => {
      live.stop();
      place.stop();
    };
    return { element: h('div', {}, head, place.element), update, leave };
  },
};

/** Someone stands in it, or opened a table or the definitions: it is not redrawn under them. */
function isBeingRead(element) {
  return element.contains(document.activeElement) || element.querySelector('.chart-twin:not([hidden]), details[open]');
}

async function load(query, signal) {
  const range = await currentRange(query);
  const channel = query.get('channel');
  const ask = (one) => api.get(
    '/overview', { ...asQuery(one), channel, offset_minutes: one.offsetMinutes }, signal
  );
  const [current, before] = await Promise.all([
    ask(range),
    range.comparison && ask(range.comparison),
  ]);
  return { range, current, before: before?.events ? before : null, metric: query.get('metric') ?? 'events' };
}

function sentence({ range, current, before }) {
  if (!range.lastTime) return t('overview.sentence_empty');
  const given = {
    span: daySpan(range.from, range.to), people: current.people, orders: current.orders,
    gmv: moneyText(current.gmv, undefined, '0'), rate: percent(current.conversion.rate),
  };
  if (current.people === 0) return t('overview.sentence_quiet', given);
  const main = t(current.orders > 0 ? 'overview.sentence' : 'overview.sentence_no_orders', given);
  if (!before || before.conversion.rate === null || current.conversion.rate === null) {
    return main + t('overview.sentence_change', { direction: 'unknown', points: '' });
  }
  const difference = current.conversion.rate - before.conversion.rate;
  const [now, then] = [current.conversion, before.conversion];
  const isOverlapping = now.low <= then.high && then.low <= now.high;
  const direction = isOverlapping ? 'same' : difference > 0 ? 'up' : 'down';
  return main + t('overview.sentence_change', { direction, points: points(Math.abs(difference)).replace('+', '') });
}

function draw(answer) {
  const { range, current } = answer;
  if (!range.lastTime) return empty();
  return h('div.stack', {},
    range.isPast && note(t('overview.past', { time: exactTime(range.lastTime) })),
    leftOut(current.left_out),
    channelFilter(answer),
    headline(answer),
    byTimePanel(answer),
    h('div.columns', {}, channelPanel(current), byHourPanel(current)),
    namePanel(current),
    definitions());
}

/** Nothing where all events count. */
function leftOut(marked) {
  if (!marked || marked.bot + marked.own === 0) return null;
  return h('p.soft.small', {}, t('overview.left_out', marked), ' ',
    h('a.link', { href: '/cleaning' }, t('nav.cleaning')));
}

function empty() {
  const next = h(
    'div.stack-small', {}, copyBlock(firstEventCommand()), h('a.link', { href: '/collect' }, t('overview.empty_more'))
  );
  return emptyState({ title: t('overview.empty_title'), text: t('overview.empty_text'), next });
}

function channelFilter({ current }) {
  const channel = new URLSearchParams(location.search).get('channel');
  if (!channel) return null;
  const clear = h('a.chip', {
    href: withQuery({ channel: null }), 'aria-label': t('overview.channel_clear', { channel }),
  },
    t('overview.channel_only', { channel: wordFor('channel', channel) }), icon('close'));
  return h('div.cluster', {}, clear, current.events === 0 && h('span.soft', {}, t('overview.channel_quiet')));
}

function headline({ current, before }) {
  const count = (name) => figure(
    metricLabel(name, current.metrics), withTitle(compact(current[name]), exact(current[name])),
    before && delta(current[name], before[name]));
  return figures(count('people'), count('events'), count('orders'),
    figure(metricLabel('gmv', current.metrics), moneyLines(current.gmv), before && moneyDelta(current.gmv, before.gmv)),
    conversion(current, before?.conversion));
}

/** Sums are compared where both are of one currency, and of the same. */
function moneyDelta(now, before) {
  const [[one], [other]] = [now, before];
  if (now.length !== 1 || before.length !== 1 || one.currency !== other.currency) return null;
  return delta(one.minor, other.minor, () => exactMoney(other));
}

function conversion(current, before) {
  const now = current.conversion;
  const bounds = now.rate === null ? t('overview.no_rate') : t('number.interval_95', { interval: interval(now) });
  const hint = h(
    'dd.figure-hint',
    { title: t('overview.rate_of', { part: exact(now.numerator ?? 0), whole: exact(now.denominator ?? 0) }) }, bounds
  );
  const isKnown = before && before.rate !== null && now.rate !== null;
  const moved = isKnown && trend(now.rate - before.rate, pointsOrSame(now.rate - before.rate), percent(before.rate));
  return figure(metricLabel('conversion', current.metrics), percent(now.rate), hint, moved);
}

function delta(now, before, write = compact) {
  if (!before) return null;
  const ratio = now / before - 1;
  return trend(ratio, Math.abs(ratio) < 5e-4 ? t('trend.same') : change(ratio), write(before));
}

function pointsOrSame(difference) {
  return Math.abs(difference) < 5e-4 ? t('trend.same') : points(difference);
}

/** A change with an arrow, a sign and, for screen readers, a word; colour is the least of them. */
function trend(difference, text, before) {
  const direction = Math.abs(difference) < 5e-4 ? 'same' : difference > 0 ? 'up' : 'down';
  const arrow = { up: icon('up'), down: icon('fall'), same: null }[direction];
  return h(`dd.trend.is-${direction}`, { title: t('trend.before', { value: before }) },
    arrow, text, h('span.trend-hint', {}, t('trend.than_before')));
}

function channelPanel({ by_channel: rows }) {
  const most = Math.max(...rows.map((row) => row.events), 0);
  const columns = [
    { title: t('column.channel'), isHeader: true, cell: channelCell(most), csv: (row) => row.channel },
    {
      title: t('figure.events'), isNumber: true, cell: (row) => withTitle(compact(row.events), exact(row.events)),
      csv: (row) => row.events,
    },
    {
      title: t('figure.people'), isNumber: true, cell: (row) => withTitle(compact(row.people), exact(row.people)),
      csv: (row) => row.people,
    },
    {
      title: t('figure.orders'), isNumber: true, cell: (row) => withTitle(compact(row.orders), exact(row.orders)),
      csv: (row) => row.orders,
    },
    ...moneyColumns(t('figure.gmv'), rows, (row) => row.gmv),
  ];
  const title = t('overview.by_channel');
  return panel(title, table(title, columns, rows), { tools: [csvButton('channels', columns, rows)], isFlush: true });
}

function channelCell(most) {
  return (row) => barCell(
    h('a', { href: withQuery({ channel: row.channel }) }, wordFor('channel', row.channel)), row.events, most
  );
}

function namePanel({ by_name: rows }) {
  const most = Math.max(...rows.map((row) => row.events), 0);
  const columns = [
    {
      title: t('column.event'), isHeader: true, csv: (row) => row.name,
      cell: (row) => barCell(h('span', { title: row.name }, wordFor('event', row.name)), row.events, most),
    },
    {
      title: t('figure.events'), isNumber: true, cell: (row) => withTitle(compact(row.events), exact(row.events)),
      csv: (row) => row.events,
    },
    {
      title: t('figure.people'), isNumber: true, cell: (row) => withTitle(compact(row.people), exact(row.people)),
      csv: (row) => row.people,
    },
  ];
  const title = t('overview.by_name');
  return panel(title, table(title, columns, rows), { tools: [csvButton('events', columns, rows)], isFlush: true });
}

function definitions() {
  const names = ['people', 'events', 'orders', 'gmv', 'conversion'];
  const list = names.map((name) => h('div', {}, h('dt', {}, t(`figure.${name}`)),
    h('dd', {}, t(`definition.${name}`, { currency: session()?.currency ?? '' }))));
  return h('details.details', {}, h('summary', {}, t('overview.definitions')), h('dl.facts', {}, ...list));
}
