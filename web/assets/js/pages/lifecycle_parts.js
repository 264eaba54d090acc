// What the views of lifecycle have in common.

import { h } from '../core/dom.js';
import { decimal, duration, exact, interval } from '../core/format.js';
import { t } from '../core/i18n.js';
import { setQuery } from '../core/router.js';
import { field, select } from '../ui/controls.js';
import { eventFilter } from './event_filter.js';
import { filterFrom, filterText } from './funnel_question.js';

/** The event that counts as being there; null for any. */
export const activityFrom = (query) => filterFrom(query.get('event'));

export function activityField(event, words) {
  const change = (changed) => put({ event: filterText(changed) });
  return eventFilter(t('lifecycle.active'), event, words, change, { none: t('lifecycle.any_event') });
}

/** A choice that stands in the address, unless it is the usual one. */
export function choiceField(label, key, pairs, chosen, usual) {
  return field(label, select(pairs, chosen, {
    onchange: (event) => put({ [key]: event.target.value === usual ? null : event.target.value }),
  }));
}

function put(changes) {
  setQuery(changes, { isReplacing: true });
}

export const lengthText = (ms) => (ms === null || ms === undefined ? '–' : duration(ms));

function withInterval(estimate, write) {
  const ends = h('span.faint.small', {}, interval(estimate, write));
  return h('span.nowrap', {}, write(estimate.value), ' ', ends);
}

/** A share as the estimate of one. */
export const asEstimate = ({ rate, low, high }) => ({ value: rate, low, high });

export const dayColumn = () => ({
  title: t('retention.cohort_day'), isHeader: true, cell: (row) => h('span.nowrap', {}, row.day), csv: (row) => row.day,
});

/** A column of an estimate with its interval, and its ends for the CSV. */
export function estimateColumns(title, read, write) {
  return [
    {
      title, isNumber: true, csv: (row) => read(row).value,
      cell: (row) => withInterval(read(row), write),
    },
    { title: `${title}, ${t('funnel.low')}`, csv: (row) => read(row).low },
    { title: `${title}, ${t('funnel.high')}`, csv: (row) => read(row).high },
  ];
}

export const countColumn = (title, read) => ({ title, isNumber: true, cell: (row) => exact(read(row)), csv: read });

/** Quantiles of lengths of time: one row each. */
export function quantileColumns(title) {
  return [
    {
      title: t('lifecycle.quantile'), isHeader: true, csv: (row) => row.share,
      cell: (row) => t('lifecycle.quantile_share', { percent: decimal(row.share * 100, 0) }),
    },
    ...estimateColumns(title, (row) => row, lengthText),
  ];
}
