// Numbers, money and times as people of each language write them.

import { isChinese, language, t } from './i18n.js';
import { majorUnits, minorDigits } from './money.js';
import { preferences } from './preferences.js';

const DAY_MS = 86_400_000;
const CHINESE_UNITS = [[1e8, 'large'], [1e4, 'small']];
const ENGLISH_UNITS = [[1e9, 'large'], [1e6, 'medium'], [1e3, 'small']];
/** Their symbols, FCFA and F CFA, are told apart by a blank alone. */
const ALIKE = new Set(['XAF', 'XOF']);
const cache = new Map();

function formatter(kind, options) {
  const key = `${language()}${kind.name}${JSON.stringify(options)}`;
  if (!cache.has(key)) cache.set(key, new kind(language(), options));
  return cache.get(key);
}

/** Every digit: 1,234,567. */
export function exact(value) {
  return formatter(Intl.NumberFormat, { maximumFractionDigits: 6 }).format(value);
}

/** Three digits that matter: 12.3k, 4.5M; 1.2 万, 3.45 亿. Below ten thousand it is exact. */
export function compact(value) {
  const units = isChinese() ? CHINESE_UNITS : ENGLISH_UNITS;
  const unit = Math.abs(value) < 1e4 ? null : units.find(([size]) => Math.abs(value) >= size);
  if (!unit) return formatter(Intl.NumberFormat, { maximumFractionDigits: 0 }).format(value);
  const scaled = value / unit[0];
  const digits = Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2;
  const figure = formatter(Intl.NumberFormat, { maximumFractionDigits: digits }).format(scaled);
  return t(`number.${unit[1]}`, { value: figure });
}

/** A value with this many digits after the point, at most. */
export function decimal(value, digits) {
  return formatter(Intl.NumberFormat, { maximumFractionDigits: digits }).format(value);
}

/** With the symbol that no other currency has in the language: ¥ is one currency's, $ too. */
function moneyFormatter(currency) {
  const digits = minorDigits(currency);
  const exactly = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const currencyDisplay = ALIKE.has(currency) ? 'code' : 'symbol';
  return formatter(Intl.NumberFormat, { style: 'currency', currency, currencyDisplay, ...exactly });
}

export function exactMoney(money) {
  return moneyFormatter(money.currency).format(majorUnits(money));
}

export function compactMoney(money) {
  const value = majorUnits(money);
  if (Math.abs(value) < 1e4) return exactMoney(money);
  const around = moneyFormatter(money.currency).formatToParts(Math.sign(value));
  const figure = (part) => (part.type === 'integer' ? compact(Math.abs(value)) : part.value);
  return around.filter(({ type }) => type !== 'decimal' && type !== 'fraction').map(figure).join('');
}

/** A sum in several currencies; `none` where there is nothing. */
export function moneyText(list, write = compactMoney, none = '–') {
  return list?.length ? list.map(write).join(' + ') : none;
}

/** A share, to a useful digit; a dash where there is none. */
export function percent(rate) {
  if (rate === null || rate === undefined) return '–';
  const size = Math.abs(rate);
  const digits = size >= 0.1 || size === 0 ? 1 : size >= 0.001 ? 2 : 4;
  return formatter(Intl.NumberFormat, { style: 'percent', maximumFractionDigits: digits }).format(rate);
}

/** The ends of a 95% interval. */
export function interval({ low, high }, write = percent) {
  return low === null || high === null || low === undefined ? '' : t(
    'number.interval', { low: write(low), high: write(high) }
  );
}

/** A length of time in the largest unit of which it is more than one. */
export function duration(ms) {
  const units = [['d', DAY_MS], ['h', DAY_MS / 24], ['m', 60_000], ['s', 1000]];
  const [unit, length] = units.find(([, one]) => ms >= one) ?? ['ms', 1];
  return t(`duration.${unit}`, { value: decimal(ms / length, ms / length < 10 && unit !== 'ms' ? 1 : 0) });
}

/** How much one share is above another, in percentage points, with its sign. */
export function points(difference) {
  const value = formatter(Intl.NumberFormat, { maximumFractionDigits: 2, signDisplay: 'exceptZero' });
  return t('number.points', { value: value.format(difference * 100) });
}

/** A relative change with its sign: +12.3%. */
export function change(ratio) {
  const options = { style: 'percent', maximumFractionDigits: Math.abs(ratio) >= 1 ? 0 : 1, signDisplay: 'exceptZero' };
  return formatter(Intl.NumberFormat, options).format(ratio);
}

function inZone(options) {
  return { timeZone: preferences.zone, ...options };
}

/** 2017-12-31 21:14 in full, with seconds. */
export function exactTime(time) {
  const options = inZone({ dateStyle: 'medium', timeStyle: 'medium' });
  return formatter(Intl.DateTimeFormat, options).format(new Date(time));
}

/** A point in time as short as it can be: relative within a day, else with date and minute. */
export function shortTime(time, now = Date.now()) {
  const at = new Date(time).getTime();
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) * 1000 > DAY_MS) {
    const isThisYear = new Date(at).getUTCFullYear() === new Date(now).getUTCFullYear();
    const year = isThisYear ? {} : { year: 'numeric' };
    const options = { ...year, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    return formatter(Intl.DateTimeFormat, inZone(options)).format(at);
  }
  if (Math.abs(seconds) < 60) return relativeTime(seconds, 'second');
  if (Math.abs(seconds) < 3600) return relativeTime(Math.trunc(seconds / 60), 'minute');
  return relativeTime(Math.trunc(seconds / 3600), 'hour');
}

/** Intl writes 11分钟前; the console keeps a space between figures and Chinese. */
function relativeTime(value, unit) {
  const relative = formatter(Intl.RelativeTimeFormat, { numeric: 'auto', style: 'short' });
  return relative.format(value, unit).replace(/(\d)(?=\p{Script=Han})/gu, '$1 ');
}

export function clock(time) {
  const options = inZone({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  return formatter(Intl.DateTimeFormat, options).format(new Date(time));
}

export function day(time, options = { year: 'numeric', month: 'short', day: 'numeric' }) {
  return formatter(Intl.DateTimeFormat, inZone(options)).format(new Date(time));
}

export function dayWithWeekday(time) {
  return day(time, { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' });
}

/** The label of a bucket of the time axis. */
export function bucketLabel(time, bucketMs) {
  if (bucketMs >= DAY_MS) return day(time, { month: 'short', day: 'numeric' });
  return day(time, { month: 'short', day: 'numeric', hour: '2-digit', hourCycle: 'h23', minute: '2-digit' });
}

/** From one day to another, the second exclusive. */
export function daySpan(from, to) {
  const options = { year: 'numeric', month: 'short', day: 'numeric' };
  return formatter(Intl.DateTimeFormat, inZone(options)).formatRange(new Date(from), new Date(to - 1));
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes in thousands: 12.3 MB. */
export function bytesText(count) {
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${decimal(count / 1000 ** power, power > 0 ? 1 : 0)} ${BYTE_UNITS[power]}`;
}
