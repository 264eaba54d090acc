// A number's way to its passport: which definition it is of.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { icon } from './icons.js';

/**
 * @param metric - `{ id, asked? }`, as an answer carries it; what was asked goes along, so that its rows can be shown
 * @param name - what the number is called where it stands; nothing where it stands for all numbers of an answer
 */
export function metricMark({ id, asked }, name) {
  const words = name ? t('metrics.mark', { name }) : t('metrics.mark_answer');
  return h('a.metric-mark', { href: passportHref(id, asked), title: words, 'aria-label': words }, icon('info'));
}

/** What a figure is called, and the way to its definition. */
export function metricLabel(name, metrics) {
  const label = t(`figure.${name}`);
  return metrics[name] ? [label, metricMark(metrics[name], label)] : label;
}

function passportHref(id, asked) {
  if (!asked || !id.startsWith('query.')) return `/metric/${id}`;
  return `/metric/${id}?${new URLSearchParams({ question: JSON.stringify(asked) })}`;
}
