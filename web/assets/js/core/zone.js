// Days of a time zone, from what Intl knows about it.

const DAY_MS = 86_400_000;
const cache = new Map();

/** Offset of a zone from UTC at an instant, in milliseconds. */
export function zoneOffset(zone, at) {
  if (!cache.has(zone)) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' };
    const options = { timeZone: zone, hourCycle: 'h23', second: 'numeric', ...fields };
    cache.set(zone, new Intl.DateTimeFormat('en-US', options));
  }
  const parts = Object.fromEntries(cache.get(zone).formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return local - Math.floor(at / 1000) * 1000;
}

/** The start of the zone's day that holds an instant. */
export function startOfDay(zone, at) {
  const local = at + zoneOffset(zone, at);
  return fromLocal(zone, local - (((local % DAY_MS) + DAY_MS) % DAY_MS));
}

/** The same time of day some days before or after an instant, also across a change of the clock. */
export function addDays(zone, at, days) {
  return fromLocal(zone, at + zoneOffset(zone, at) + days * DAY_MS);
}

/** The same day and time of another year; the last of February for a leap day. */
export function addYears(zone, at, years) {
  const local = new Date(at + zoneOffset(zone, at));
  const month = local.getUTCMonth();
  local.setUTCFullYear(local.getUTCFullYear() + years);
  if (local.getUTCMonth() !== month) local.setUTCDate(0);
  return fromLocal(zone, local.getTime());
}

/** How many of the zone's days a range touches. */
export function countDays(zone, { from, to }) {
  const number = (at) => Math.floor((at + zoneOffset(zone, at)) / DAY_MS);
  return number(to - 1) - number(from) + 1;
}

/** Where the clock leaps over a local time, the instant of the leap. */
function fromLocal(zone, local) {
  const guess = local - zoneOffset(zone, local);
  const at = local - zoneOffset(zone, guess);
  return at + zoneOffset(zone, at) < local ? guess : at;
}

/** `2017-12-31` as the start of that day; null if it is no date. */
export function parseDay(zone, text) {
  const local = /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(local) ? null : fromLocal(zone, local);
}

/** The day of an instant as `2017-12-31`. */
export function dayText(zone, at) {
  return new Date(at + zoneOffset(zone, at)).toISOString().slice(0, 10);
}
