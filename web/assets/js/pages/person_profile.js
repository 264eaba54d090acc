// What a person's events tell of them, each trait with the events behind it one click away.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { decimal, exact, exactMoney, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { withQuery } from '../core/router.js';
import { badge } from '../ui/controls.js';
import { facts, figure, figures, panel } from '../ui/panel.js';
import { asking, note } from '../ui/states.js';
import { barCell, csvButton, table } from '../ui/table.js';
import { whisker } from '../ui/whisker.js';

const TONES = { new: 'good', active: 'good', returned: 'good', quiet: 'watch', dormant: 'bad', unseen: 'plain' };
const KINDS = ['categories', 'brands', 'hosts'];

/** A panel of the profile of a person: `begin` asks for it once, `stop` ends that. */
export function personProfile(id) {
  const place = asking(draw, { lines: 6 });
  const path = `/people/${encodeURIComponent(id)}/profile`;
  let isAsked = false;
  const begin = () => {
    if (!isAsked) place.ask((signal) => api.get(path, { time_zone: preferences.zone }, signal));
    isAsked = true;
  };
  return { element: place.element, begin, stop: place.stop };
}

function draw(profile) {
  const { lifecycle, spending, rules } = profile;
  const stage = t(`profile.stage_${lifecycle.stage}`);
  const parts = [
    h('p.result-sentence', {}, badge(stage, TONES[lifecycle.stage]), ' ', t(`profile.means_${lifecycle.stage}`, {
      new: rules.new_within_days, active: rules.active_within_days, dormant: rules.dormant_after_days,
    }), ' ', evidenceLink(lifecycle.evidence)),
    spending && spendingPart(profile), interestsPart(profile), channelsPart(profile), timesPart(profile),
    pricesPart(profile),
  ];
  return panel(t('profile.title'), h('div.stack', {}, ...parts.filter(Boolean)), {
    hint: t('profile.hint', { count: profile.events }), metric: profile.metric,
  });
}

/** To the events of a trait in the timeline below; how many there are where not all can be named. */
function evidenceLink({ count, sequences }) {
  if (sequences.length === 0) return null;
  const words = count > sequences.length
    ? t('profile.evidence_newest', { count, shown: sequences.length }) : t('profile.evidence', { count });
  return h('a.link.small.nowrap', { href: withQuery({ sequences: sequences.join(',') }) }, words);
}

function spendingPart({ spending, spending_model: model, rules }) {
  const money = (minor) => exactMoney({ minor: Math.round(minor), currency: model.currency });
  const shown = (label, one, write) => figure(label, h('span.is-small', {}, one ? write(one.value) : '–'), one
    && h('dd.faint.small', {}, interval(one, write)));
  const count = (value) => decimal(value, value < 10 ? 2 : 1);
  const days = { count: rules.spending_days };
  const lacking = [model.purchases, model.spend].find((part) => part.missing);
  const isFar = !lacking && model.history_days < rules.spending_days;
  return h('section.stack', {},
    h('h3', {}, t('profile.spending', days)),
    figures(
      shown(t('profile.expected_total'), spending.total, money),
      shown(t('profile.expected_purchases'), spending.purchases, count),
      shown(t('profile.expected_value'), spending.value, money), shown(t('profile.alive'), spending.alive, percent)),
    lacking && note(t(`profile.missing_${lacking.missing}`, {
      count: lacking.repeat_customers ?? 0, needed: lacking.needed ?? 0,
    })),
    isFar && note(t('profile.far', { seen: model.history_days, ahead: rules.spending_days }), 'watch'),
    h('p.faint.small', {}, t('profile.spending_hint', { count: model.customers }), ' ', evidenceLink(
      spending.evidence
    )));
}

function interestsPart({ interests, rules }) {
  const rows = KINDS.flatMap((kind) => interests[kind].map((one) => ({ kind, ...one })));
  if (rows.length === 0) return null;
  const title = t('profile.interests');
  const columns = [
    { title: t('profile.interest_kind'), cell: (row) => t(`profile.kind_${row.kind}`), csv: (row) => row.kind },
    { title: t('profile.interest'), isHeader: true, cell: (row) => row.name, csv: (row) => row.name },
    {
      title: t('profile.share'), isNumber: true, csv: (row) => row.share,
      cell: (row) => barCell(percent(row.share), row.share, 1),
    },
    { title: t('funnel.low'), csv: (row) => row.low },
    { title: t('funnel.high'), csv: (row) => row.high },
    intervalColumn((row) => ({ value: row.share, low: row.low, high: row.high })), evidenceColumn(),
  ];
  return part(title, 'interests', columns, rows, t('profile.interests_hint', { count: rules.interest_half_life_days }));
}

function channelsPart({ channels, rules }) {
  if (channels.length === 0) return null;
  const columns = [
    {
      title: t('column.channel'), isHeader: true, cell: (row) => wordFor('channel', row.channel),
      csv: (row) => row.channel,
    },
    {
      title: t('profile.touches'), isNumber: true, cell: (row) => exact(row.answered.denominator),
      csv: (row) => row.answered.denominator,
    },
    {
      title: t('profile.answers'), isNumber: true, cell: (row) => exact(row.answered.numerator),
      csv: (row) => row.answered.numerator,
    },
    {
      title: t('profile.answer_rate'), isNumber: true, cell: (row) => percent(row.answered.rate),
      csv: (row) => row.answered.rate,
    },
    { title: t('funnel.low'), csv: (row) => row.answered.low },
    { title: t('funnel.high'), csv: (row) => row.answered.high },
    intervalColumn(({ answered }) => ({ value: answered.rate, low: answered.low, high: answered.high })),
    evidenceColumn(),
  ];
  const hint = t('profile.channels_hint', { count: rules.response_window_days });
  return part(t('profile.channels'), 'channels', columns, channels, hint);
}

function pricesPart({ prices }) {
  if (prices.length === 0) return null;
  const money = (row, minor) => exactMoney({ minor: minor, currency: row.currency });
  const range = (row) => (row.median_low === null
    ? t('profile.too_few_values') : interval({ low: row.median_low, high: row.median_high }, (one) => money(row, one)));
  const columns = [
    { title: t('column.event'), isHeader: true, cell: (row) => wordFor('event', row.event), csv: (row) => row.event },
    { title: t('profile.lower'), isNumber: true, cell: (row) => money(row, row.lower), csv: (row) => row.lower },
    { title: t('profile.median'), isNumber: true, cell: (row) => money(row, row.median), csv: (row) => row.median },
    { title: t('profile.upper'), isNumber: true, cell: (row) => money(row, row.upper), csv: (row) => row.upper },
    { title: t('profile.median_interval'), cell: range, csv: (row) => row.median_low },
    evidenceColumn(),
  ];
  return part(t('profile.prices'), 'prices', columns, prices, t('profile.prices_hint'));
}

function timesPart({ active_times: times, rules }) {
  if (times.peak_hour === null) return null;
  const most = Math.max(...times.weekdays);
  const busiest = times.weekdays.indexOf(most) + 1;
  const hour = (value) => `${String(value).padStart(2, '0')}:00`;
  return h('section.stack', {},
    h('h3', {}, t('profile.times')),
    facts([
      [t('profile.peak_hour'), h('span', {}, t('profile.peak_text', {
        from: hour(times.peak_hour), to: hour((times.peak_hour + 1) % 24), rate: percent(times.peak.rate),
        interval: interval(times.peak),
      }), ' ', evidenceLink(times.evidence))],
      [t('profile.peak_weekday'), t('profile.weekday_text', { day: t(`weekday.${busiest}`), count: most })],
    ]),
    hourBars(times.hours), h('p.faint.small', {}, t('profile.times_hint', { count: rules.habits_within_days })));
}

/** A bar an hour; the table twin is in words, for who does not see it. */
function hourBars(hours) {
  const most = Math.max(...hours, 1);
  const words = hours.map((count, hour) => `${hour}: ${count}`).join(', ');
  return h('div.hour-bars', { role: 'img', 'aria-label': `${t('profile.hours_label')} ${words}` },
    ...hours.map((count, hour) => h('span.hour-bar', {
      title: `${String(hour).padStart(2, '0')}:00 · ${exact(count)}`, style: { '--share': `${(count / most) * 100}%` },
    }, h('span.hour-bar-label', { 'aria-hidden': 'true' }, hour % 6 === 0 ? String(hour) : ''))));
}

function part(title, name, columns, rows, hint) {
  return h('section.stack', {},
    h('div.cluster', {}, h('h3', {}, title), csvButton(name, columns, rows)),
    table(title, columns, rows), h('p.faint.small', {}, hint));
}

function intervalColumn(read) {
  return {
    title: t('profile.interval'), cell: (row) => h('span.nowrap', {}, whisker(read(row), [0, 1]), ' ', h(
      'span.faint.small', {}, interval(read(row))
    )),
  };
}

const evidenceColumn = () => ({
  title: t('profile.behind'), cell: (row) => evidenceLink(row.evidence), csv: (row) => row.evidence.count,
});
