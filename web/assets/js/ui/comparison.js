// An answer beside that of another period: what the question asks for, and how the difference is written and drawn.

import { h } from '../core/dom.js';
import { daySpan, decimal, percent, points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asQuery } from '../core/range.js';

/** How a share is written, its difference, and the end of an interval before its unit. */
const SHARES = { value: percent, difference: points, end: (share) => decimal(share * 100, 2) };

/** What a query takes of a range: its ends, and those of the period that it is held against. */
export function periods(range) {
  return { ...asQuery(range), compare: range.comparison ? asQuery(range.comparison) : null };
}

/**
 * What an answer tells about the other period; null where there is none.
 * @returns name: the period in words; answer: that of the period; at(pointer): the difference of the estimate at a
 *   place of the answer, `{ value, low, high, before }`, or null where the period has nothing there
 */
export function comparisonOf({ comparison }) {
  if (!comparison) return null;
  const byPlace = new Map(comparison.differences.map((difference) => [difference.at, difference]));
  return {
    name: daySpan(Date.parse(comparison.from), Date.parse(comparison.to)), answer: comparison.answer,
    at: (pointer) => byPlace.get(pointer) ?? null,
  };
}

/** The value of before, and how far the one of now is from it. */
export function differenceColumns(compared, placeOf, words = SHARES) {
  if (!compared) return [];
  const read = (row) => compared.at(placeOf(row));
  const title = t('compare.difference');
  return [
    {
      title: t('compare.before'), isNumber: true, csv: (row) => read(row)?.before.value,
      cell: (row) => (read(row) ? words.value(read(row).before.value) : '–'),
    },
    { title, isNumber: true, cell: (row) => differenceCell(read(row), words), csv: (row) => read(row)?.value },
    { title: `${title}, ${t('funnel.low')}`, csv: (row) => read(row)?.low },
    { title: `${title}, ${t('funnel.high')}`, csv: (row) => read(row)?.high },
  ];
}

function differenceCell(difference, words) {
  if (!difference) return '–';
  return h('span.nowrap', {}, signed(difference.value, words.difference), difference.low !== null
    && h('span.faint.small', {}, ` ${ends(difference, words)}`));
}

/** From where to where a difference may be: signs say no more than once what unit it has. */
function ends({ low, high }, words) {
  if (low === null) return '';
  return t('compare.interval', { low: signed(low, words.end), high: signed(high, words.difference) });
}

/** With its sign, whatever writes the value. */
function signed(value, write) {
  const text = write(value).replace('-', '−');
  return value > 0 && !text.startsWith('+') ? `+${text}` : text;
}

/** A sentence about one estimate: by how much it is above or below that of the other period, and whether clearly. */
export function differenceSentence(compared, pointer, words = SHARES) {
  const difference = compared?.at(pointer);
  if (!difference) return '';
  const isClear = difference.low !== null && (difference.low > 0 || difference.high < 0);
  const kind = difference.low === null ? 'counted' : isClear ? 'clear' : 'unclear';
  return t(`compare.sentence_${kind}`, {
    period: compared.name, before: words.value(difference.before.value),
    difference: signed(difference.value, words.difference), interval: ends(difference, words),
  });
}

/** Which marks are of the other period: what is dashed, or hollow, or in the columns of a table. */
export function comparisonNote(compared, mark = 'dashed') {
  return compared && h('p.soft.small', {}, t(`compare.drawn_${mark}`, { period: compared.name }));
}

/** How the other period is drawn: a lighter dash, without marks. */
export function beforeLine(colour) {
  return {
    type: 'line', symbol: 'none', itemStyle: { color: colour },
    lineStyle: { width: 1.5, type: 'dashed', color: colour, opacity: 0.6 },
  };
}

export function beforeBar(colour, more = {}) {
  return {
    type: 'bar', ...more,
    itemStyle: {
      color: 'transparent', borderColor: colour.ink, borderWidth: 1, borderType: 'dashed', ...more.itemStyle,
    },
  };
}
