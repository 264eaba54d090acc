// A number's way to its passport: which definition it is of.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { icon } from './icons.js';

/**
 * @param id - of a metric of the library
 * @param name - what the number is called where it stands
 */
export function metricMark(id, name) {
  const words = t('metrics.mark', { name });
  return h('a.metric-mark', { href: `/metric/${id}`, title: words, 'aria-label': words }, icon('info'));
}
