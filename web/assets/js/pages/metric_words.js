// How values of metrics are written.

import { h } from '../core/dom.js';
import {
  change, compact, compactMoney, decimal, duration, exact, exactMoney, interval, percent,
} from '../core/format.js';
import { isChinese, t } from '../core/i18n.js';

/** Of texts in both languages, the reader's. */
export const own = (text) => (isChinese() ? text.zh : text.en);

/** `short` for charts and tables, `long` for sentences. */
export function writerOf({ unit, currency }) {
  if (unit === 'money') {
    const money = (minor) => ({ minor: Math.round(minor), currency });
    return { short: (value) => compactMoney(money(value)), long: (value) => exactMoney(money(value)) };
  }
  if (unit === 'share') return { short: percent, long: percent };
  if (unit === 'seconds') return { short: (value) => duration(value * 1000), long: (value) => duration(value * 1000) };
  if (unit === 'count' || unit === 'people') return { short: compact, long: exact };
  return { short: (value) => decimal(value, 2), long: (value) => decimal(value, 2) };
}

/** What every passport says: names and values. */
export function definitionFacts({ trap, formula, source, version, hash }) {
  return [
    [t('metrics.trap'), own(trap)], [t('metrics.formula'), own(formula)],
    [t('metrics.source'), source ? t('metrics.source_known', { letter: source }) : t('metrics.source_common')],
    [t('metrics.version'), h('code', {}, t('metrics.version_hash', { version, hash }))],
  ];
}

export const valueText = (cell, write) => (cell.value === null ? '–' : write(cell.value));

export function gapText(gap) {
  if (!gap) return '';
  const names = gap.names.length > 0 ? gap.names.join(t('metrics.comma')) : t('metrics.base');
  return t(`metrics.gap_${gap.reason}`, { names });
}

/** With an interval, else why there is none. */
export function intervalText(cell, definition, write) {
  if (cell.value === null) return gapText(cell.gap);
  if (cell.low !== null) return interval(cell, write);
  return t(definition.has_interval && !['count', 'people'].includes(definition.unit)
    && cell.bottom !== null ? 'metrics.too_few' : 'metrics.exact');
}

/** How a value moved; of shares in points. Nothing where one of the two is missing. */
export function changeText(now, before) {
  if (!before || now.value === null || before.value === null || before.value === 0) return '–';
  return change(now.value / before.value - 1);
}

export const PARAMETER = /^(100|\d{1,2}(\.\d+)?)$/;

/** What the address gives of the numbers that only the business knows. */
export function parametersOf(query) {
  const margin = query.get('gross_margin');
  return PARAMETER.test(margin ?? '') ? { gross_margin: Number(margin) / 100 } : {};
}
