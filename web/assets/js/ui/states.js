// What a place shows while it waits, when it has nothing, and when something went wrong.

import { ApiError } from '../core/api.js';
import { h, keepFocus, replace } from '../core/dom.js';
import { has, t } from '../core/i18n.js';
import { button } from './controls.js';
import { icon } from './icons.js';

const SKELETON_AFTER_MS = 300;
const DIM_AFTER_MS = 150;

/** Grey lines where something will be. */
export function skeleton(lines = 4) {
  const rows = Array.from({ length: lines }, () => h('div.skeleton-line'));
  return h('div.skeleton', { role: 'status', 'aria-label': t('state.loading') }, ...rows);
}

/** Says what the page will show, what is missing, and the one next step. */
export function emptyState({ title, text, next }) {
  return h('div.empty', {}, h('h2', {}, title), h('p.soft', {}, text), next);
}

/** What happened, what was kept, what to do. */
export function errorWords(error) {
  if (!(error instanceof ApiError)) throw error;
  if (has(`error.${error.code}`)) return t(
    `error.${error.code}`, { minutes: Math.ceil((error.retryAfterSeconds ?? 300) / 60) }
  );
  if (error.status === 403) return t('error.forbidden');
  if (error.status === 404) return t('error.not_found');
  if (error.status >= 500) return t('error.server', { detail: error.detail });
  return t('error.refused', { detail: error.detail || error.code });
}

export function errorState(error, onRetry) {
  const retry = onRetry && button({ text: t('state.retry'), onclick: onRetry });
  return h('div.error-box', { role: 'alert' }, icon('alert'), h('p.grow', {}, errorWords(error)), retry);
}

/** A note in a page: `tone` is plain, watch or bad. */
export function note(text, tone = 'plain') {
  return h(`div.note.is-${tone}`, {}, icon(tone === 'plain' ? 'info' : 'alert'), h('div.grow', {}, text));
}

/**
 * A place that is filled by asking. Later questions win over earlier ones; what is there stays, dimmed, until the
 * answer comes.
 * @param draw - turns the answer into elements
 */
export function asking(draw, { lines = 4 } = {}) {
  const element = h('div.asking');
  let serial = 0;
  let isFilled = false;
  let abort = new AbortController();
  const ask = async (question) => {
    serial += 1;
    const mine = serial;
    abort.abort();
    abort = new AbortController();
    const wait = () => (isFilled ? element.classList.add('is-stale') : replace(element, skeleton(lines)));
    const waiting = setTimeout(wait, isFilled ? DIM_AFTER_MS : SKELETON_AFTER_MS);
    try {
      const answer = await question(abort.signal);
      if (mine !== serial) return;
      keepFocus(element, () => replace(element, draw(answer)));
      isFilled = true;
    } catch (error) {
      if (mine !== serial || error.name === 'AbortError') return;
      replace(element, errorState(error, () => ask(question)));
      isFilled = false;
    } finally {
      clearTimeout(waiting);
      if (mine === serial) element.classList.remove('is-stale');
    }
  };
  return { element, ask, stop: () => { serial += 1; abort.abort(); } };
}
