// What an answer says in one sentence.

import { h } from '../core/dom.js';
import { decimal } from '../core/format.js';
import { t } from '../core/i18n.js';
import { metricMark } from './metric_mark.js';

/** The sentence above an answer, the way to the definition of its numbers, and how long it took. */
export function resultSentence(words, answer, speed) {
  return h('p.result-sentence', {}, ...resultWords(words, answer, speed));
}

/** What stands in it, for a paragraph that stays while its words change. */
export function resultWords(words, { metric, duration_ms: ms }, speed = speedText(ms)) {
  return [
    words, ' ', metric && metricMark(metric), ' ', speed && h('span.faint.small.nowrap', {}, speed),
  ].filter(Boolean);
}

const speedText = (ms) => ms !== undefined && t('result.speed', { ms: decimal(ms, 1) });
