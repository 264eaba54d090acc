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

/** Some days before or after the start of a day, also across a change of the clock. */
export function addDays(zone, start, days) {
  return fromLocal(zone, start + zoneOffset(zone, start) + days * DAY_MS);
}

function fromLocal(zone, local) {
  const guess = local - zoneOffset(zone, local);
  return local - zoneOffset(zone, guess);
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
