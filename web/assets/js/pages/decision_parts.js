// What the list of decisions and one decision have in common.

import { t, wordFor } from '../core/i18n.js';
import { badge } from '../ui/controls.js';

const POSITIVE = new Set(['click', 'product_click', 'add_to_cart', 'coupon_claimed', 'product_purchased']);
const SEEN = new Set(['exposure', 'product_exposure', 'coupon_exposure']);

export function reasonBadges(reasons) {
  return reasons.map((reason) => badge(wordFor('reason', reason), reason === 'explored' ? 'watch' : 'plain'));
}

/** How far a decision came: taken up, seen, or not known to have been seen. */
export function outcomeOf(outcomes) {
  const positive = outcomes.filter((outcome) => POSITIVE.has(outcome.name));
  if (positive.length > 0) return { tone: 'good', sign: 'check', text: wordFor('event', positive.at(-1).name) };
  if (outcomes.some((outcome) => SEEN.has(outcome.name))) return { tone: 'plain', text: t('decision.seen') };
  return { tone: 'plain', text: t('decision.unseen') };
}

export function outcomeBadge(outcomes) {
  const { tone, sign, text } = outcomeOf(outcomes);
  return badge(text, tone, sign);
}
