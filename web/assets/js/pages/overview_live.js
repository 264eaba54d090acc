// The totals of this second, beside the heading.

import { h, replace } from '../core/dom.js';
import { decimal, exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { followTotals } from '../core/live.js';

const WINDOW = 10;
/** The server sends totals once a second while they change; after this long without one nothing comes in. */
const SILENT_MS = 4000;

/** @param onGrowth - called when there are more events than before */
export function liveStrip(onGrowth) {
  const text = h('span', {}, t('live.connecting'));
  const element = h('div.live.is-connecting', {}, h('span.live-dot', { 'aria-hidden': 'true' }), text);
  const seen = [];
  let silence = null;
  const fallSilent = (totals) => {
    seen.length = 0;
    replace(text, t('live.total', { events: exact(totals.events) }));
  };
  let known = null;
  const take = (totals) => {
    clearTimeout(silence);
    silence = setTimeout(fallSilent, SILENT_MS, totals);
    seen.push({ at: Date.now(), events: totals.events });
    if (seen.length > WINDOW) seen.shift();
    const rate = perSecond(seen);
    replace(
      text, t('live.total', { events: exact(totals.events) }),
      rate > 0 && h('span.live-rate', {}, t('live.rate', { rate: decimal(rate, rate < 10 ? 1 : 0) }))
    );
    if (known !== null && totals.events > known) onGrowth();
    known = totals.events;
  };
  const state = (name) => {
    element.className = `live is-${name}`;
    if (name === 'reconnecting') {
      clearTimeout(silence);
      seen.length = 0;
      replace(text, t('live.reconnecting'));
    }
  };
  const unfollow = followTotals(take, state);
  const stop = () => {
    clearTimeout(silence);
    unfollow();
  };
  return { element, stop };
}

function perSecond(seen) {
  const [first, last] = [seen[0], seen.at(-1)];
  const seconds = (last.at - first.at) / 1000;
  return seconds > 0 ? Math.max(0, last.events - first.events) / seconds : 0;
}
