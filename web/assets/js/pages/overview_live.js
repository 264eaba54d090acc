// The totals of this second, beside the heading.

import { h, replace } from '../core/dom.js';
import { decimal, exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { followTotals } from '../core/live.js';

const WINDOW = 10;

/** @param onGrowth - called when there are more events than before */
export function liveStrip(onGrowth) {
  const text = h('span', {}, t('live.connecting'));
  const element = h('div.live.is-connecting', {}, h('span.live-dot', { 'aria-hidden': 'true' }), text);
  const seen = [];
  const take = (totals) => {
    const last = seen.at(-1);
    seen.push({ at: Date.now(), events: totals.events });
    if (seen.length > WINDOW) seen.shift();
    const rate = perSecond(seen);
    replace(
      text, t('live.total', { events: exact(totals.events) }),
      rate > 0 && h('span.live-rate', {}, t('live.rate', { rate: decimal(rate, rate < 10 ? 1 : 0) }))
    );
    if (last && totals.events > last.events) onGrowth();
  };
  const state = (name) => {
    element.className = `live is-${name}`;
    if (name === 'reconnecting') {
      seen.length = 0;
      replace(text, t('live.reconnecting'));
    }
  };
  return { element, stop: followTotals(take, state) };
}

function perSecond(seen) {
  const [first, last] = [seen[0], seen.at(-1)];
  const seconds = (last.at - first.at) / 1000;
  return seconds > 0 ? Math.max(0, last.events - first.events) / seconds : 0;
}
