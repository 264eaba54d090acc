// The boxes that pages are made of.

import { h, uniqueId } from '../core/dom.js';
import { metricMark } from './metric_mark.js';

/** The head of a page: its question as a heading, one sentence, and what can be done. */
export function pageHead(title, lead, ...actions) {
  const words = h('div', {}, h('h1', { tabindex: '-1' }, title), lead && h('p.lead', {}, lead));
  return h('header.page-head', {}, words, actions.length > 0 && h('div.cluster', {}, ...actions));
}

/** A box with a heading, tools at its right, and content; `metric` is the definition of the numbers in it. */
export function panel(title, content, { tools = [], hint, level = 2, isFlush = false, metric } = {}) {
  const id = uniqueId('panel');
  const head = h('div.panel-head', {}, h(`h${level}`, { id }, title), h('div.panel-tools', {},
    metric && metricMark(metric, title), ...tools));
  const body = h(isFlush ? 'div.panel-body.is-flush' : 'div.panel-body', {}, content);
  return h('section.panel', { 'aria-labelledby': id }, head, hint && h('p.panel-hint', {}, hint), body);
}

/** A headline number: `extra` are small lines below it. */
export function figure(label, value, ...extra) {
  return h('div.figure', {}, h('dt', {}, label), h('dd.figure-value', {}, value), ...extra.filter(Boolean));
}

export function figures(...items) {
  return h('dl.figures', {}, ...items);
}

/** Names and values side by side. */
export function facts(pairs) {
  return h(
    'dl.facts', {},
    ...pairs.filter(Boolean).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))
  );
}
