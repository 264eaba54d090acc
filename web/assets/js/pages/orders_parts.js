// What the views of orders share.

import { exactMoney } from '../core/format.js';
import { has, rich } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { currentRange } from '../core/range.js';
import { dayText } from '../core/zone.js';
import { timeText } from '../ui/words.js';

/** The first and the last day of the period in the address. */
export async function daysOf(query) {
  const { from, to } = await currentRange(query);
  return { from: dayText(preferences.zone, from), to: dayText(preferences.zone, to - 1) };
}

/** Minor units of a currency, exact; a dash where there are none. */
export function amount(minor, currency) {
  return minor === null || minor === undefined ? '–' : exactMoney({ minor, currency });
}

export function money(given) {
  return given ? exactMoney(given) : '–';
}

/** Why a fact does not fit, with the numbers, as a list of text and elements. */
export function conflictWords({ reason, explanation, currency, paid, refunded, ...times }) {
  const key = `order_conflict_why.${reason}`;
  if (!has(key)) return [explanation];
  return rich(key, {
    currency, paid: money(paid), refunded: money(refunded),
    cancelled: timeText(times.cancelled_at), completed: timeText(times.completed_at),
  });
}

/** The address of one order in the list. */
export function orderHref({ order, source }) {
  return `/orders?${new URLSearchParams({ view: 'list', range: 'all', source, order })}`;
}
