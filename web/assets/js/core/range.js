// The period that the pages look at. It is in the URL, and it ends where data are arriving: imported history is
// looked at as if its last day were today.

import { addDays, addYears, countDays, dayText, parseDay, startOfDay, zoneOffset } from './zone.js';
import { preferences } from './preferences.js';
import { vocabulary } from './vocabulary.js';

const DAY_MS = 86_400_000;
export const RANGES = ['today', '7d', '28d', 'all', 'custom'];
/** What a period may be held against; the first is the usual one. */
export const COMPARISONS = ['previous', 'year', 'custom', 'none'];
const SLACK_DAYS_LEAST = 7;
const DAYS = { today: 1, '7d': 7, '28d': 28 };

/**
 * The period of a query string.
 * @returns from, to (ms, `to` exclusive), key, isPast (the newest data are older than a day), lastTime,
 *   offsetMinutes, comparison ({from, to, offsetMinutes} of the period before, or null)
 */
export async function currentRange(query, now = Date.now()) {
  const { first_time: first, last_time: end, newest_time: newest } = await vocabulary();
  const [firstMs, endMs, last] = [first, end, newest ?? end].map((text) => text && Date.parse(text));
  return rangeOf(query, { first: firstMs, end: endMs, last, now });
}

function rangeOf(query, { first, end: endOfAll, last, now }) {
  const zone = preferences.zone;
  const key = RANGES.includes(query.get('range')) ? query.get('range') : '28d';
  const isPast = Boolean(last) && last < now - DAY_MS;
  const today = startOfDay(zone, isPast ? last : now);
  const end = isPast ? addDays(zone, today, 1) : Math.ceil((now + 1) / 60_000) * 60_000;
  let from = addDays(zone, today, 1 - (DAYS[key] ?? 28));
  let to = end;
  if (key === 'all') {
    from = first ? startOfDay(zone, first) : from;
    to = endOfAll ? Math.max(to, addDays(zone, startOfDay(zone, endOfAll), 1)) : to;
  } else if (key === 'custom') {
    from = parseDay(zone, query.get('from')) ?? from;
    const lastDay = parseDay(zone, query.get('to'));
    to = lastDay === null ? to : addDays(zone, lastDay, 1);
    if (to <= from) to = addDays(zone, from, 1);
  }
  const before = comparison(query, key, { from, to, first });
  return { ...withOffset({ from, to }), key, isPast, lastTime: last, comparison: before };
}

/** The API takes one offset for a whole range: the one that holds at its end. */
function withOffset({ from, to }) {
  return { from, to, offsetMinutes: Math.round(zoneOffset(preferences.zone, to - 1) / 60_000) };
}

/**
 * The period that another is held against: the same hours of the days just before, so that a day that is not over is
 * held against the same part of another; the same days of the year before; or chosen ones. Nothing where the data do
 * not reach that far back, or where the two would overlap. Of a week and more, the first day may be a part of one.
 */
function comparison(query, key, { from, to, first }) {
  const kind = comparisonKind(query);
  if (key === 'all' || !first || kind === 'none') return null;
  const days = countDays(preferences.zone, { from, to });
  const before = { previous: daysBefore, year: yearBefore, custom: chosenDays }[kind](query, { from, to, days });
  if (!before || before.from >= before.to || (before.from < to && from < before.to)) return null;
  const slack = days < SLACK_DAYS_LEAST ? 0 : DAY_MS;
  return first <= before.from + slack ? withOffset(before) : null;
}

/** One of `COMPARISONS`. */
export function comparisonKind(query) {
  return COMPARISONS.includes(query.get('compare')) ? query.get('compare') : COMPARISONS[0];
}

function daysBefore(query, { from, to, days }) {
  return { from: addDays(preferences.zone, from, -days), to: addDays(preferences.zone, to, -days) };
}

function yearBefore(query, { from, to }) {
  return { from: addYears(preferences.zone, from, -1), to: addYears(preferences.zone, to, -1) };
}

function chosenDays(query) {
  const [from, last] = ['compare_from', 'compare_to'].map((name) => parseDay(preferences.zone, query.get(name)));
  return from === null || last === null ? null : { from, to: addDays(preferences.zone, last, 1) };
}

/** What the API's `from` and `to` take. */
export function asQuery({ from, to }) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** First and last day of a range, for two date fields. */
export function asDays({ from, to }) {
  return { from: dayText(preferences.zone, from), to: dayText(preferences.zone, to - 1) };
}
