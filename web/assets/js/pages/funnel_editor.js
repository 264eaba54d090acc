// The funnel's question: its steps, in which order and how soon they must come, what must not happen in between.

import { h } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { setQuery } from '../core/router.js';
import { button, field, select } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { eventFilter } from './event_filter.js';
import { EXCLUSIONS_MAX, exclusionsText, STEPS_MAX, stepsText } from './funnel_question.js';

const HOUR_MS = 3_600_000;
export const WINDOWS = {
  '10m': HOUR_MS / 6, '1h': HOUR_MS, '1d': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '28d': 672 * HOUR_MS,
  '90d': 2160 * HOUR_MS,
};
export const ORDERS = ['ordered', 'strict', 'any'];
const OWN_BREAKDOWNS = ['channel', 'minute', 'pinned_product', 'subject'];

const put = (changes) => setQuery(changes, { isReplacing: true });

export function funnelEditor(question, words) {
  const { steps, order, exclusions } = question;
  const change = (next) => put({ steps: stepsText(next), within: withinText(next), not: null });
  const rows = steps.map((step, index) => stepRow(question, index, words, change));
  const add = steps.length < STEPS_MAX && button({
    text: t('funnel.add'), sign: 'plus', onclick: () => change([...steps, { name: words.names[0] }]),
  });
  return panel(t('funnel.steps'), h('div.stack', {},
    h('ol.steps', {}, ...rows), add,
    order !== 'strict' && steps.length > 1 && exclusionRows(exclusions, question, words), options(question, words)));
}

const withinText = (steps) => (
  steps.some(({ within }) => within) ? steps.map(({ within }) => within ?? '').join(',') : null);

function options({ window, order, by }, words) {
  const choice = (name, pairs, chosen, usual) => field(t(`funnel.${name}`), select(pairs, chosen, {
    onchange: ({ target }) => put({ [name]: target.value === usual ? null : target.value }),
  }));
  const texts = words.properties.filter((one) => one.has_texts).map(({ name }) => [name, wordFor('property', name)]);
  const breakdowns = [
    ['', t('funnel.by_none')], ...OWN_BREAKDOWNS.map((one) => [one, t(`funnel.by_${one}`)]), ...texts,
  ];
  return h('div.field-row', {},
    choice('window', Object.keys(WINDOWS).map((key) => [key, t(`funnel.window_${key}`)]), window, '7d'),
    choice('order', ORDERS.map((one) => [one, t(`funnel.order_${one}`)]), order, 'ordered'),
    choice('by', breakdowns, by ?? '', ''));
}

function stepRow({ steps, order }, index, words, change) {
  const step = steps[index];
  const number = index + 1;
  const set = (changed) => change(steps.map((one, at) => (at === index ? { within: one.within, ...changed } : one)));
  const filter = eventFilter(t('funnel.step_event', { number }), step, words, set, {
    channelLabel: t('funnel.step_channel', { number }),
  });
  const within = index > 0 && order !== 'any' && field(t('funnel.within', { number }), select(
    [['', t('funnel.within_any')], ...Object.keys(WINDOWS).map((key) => [key, t(`funnel.window_${key}`)])],
    step.within ?? '', { onchange: ({ target }) => set({ ...step, within: target.value || undefined }) }));
  const swap = () => {
    const next = [...steps];
    [next[index - 1], next[index]] = [next[index], next[index - 1]];
    change(next);
  };
  const up = button({
    label: t('funnel.step_up', { number }), sign: 'up', kind: 'quiet', disabled: index === 0, onclick: swap,
  });
  const remove = button({
    label: t('funnel.step_remove', { number }), sign: 'close', kind: 'quiet', disabled: steps.length <= 1,
    onclick: () => change(steps.filter((one, at) => at !== index)),
  });
  return h('li.step.funnel-step', {},
    h('span.step-number', { 'aria-hidden': 'true' }, String(number)), filter, within, up, remove);
}

/** What must not happen, each between two steps. */
function exclusionRows(exclusions, { steps }, words) {
  const change = (next) => put({ not: exclusionsText(next) });
  const places = (label, key, one, index) => select(
    steps.map((_, at) => [String(at + 1), t('funnel.step_number', { number: at + 1 })]), String(one[key]), {
      'aria-label': label,
      onchange: ({ target }) => change(exclusions.map((other, at) => (
        at === index ? ordered({ ...other, [key]: Number(target.value) }, key, steps.length) : other))),
    });
  const rows = exclusions.map((one, index) => h('div.field-row.exclusion', {},
    eventFilter(t('funnel.exclusion', { number: index + 1 }), one, words,
      (changed) => change(exclusions.map((other, at) => (at === index ? { ...other, ...changed } : other)))),
    h('span.soft', {}, t('funnel.between')), places(t('funnel.after'), 'after', one, index),
    h('span.soft', {}, t('funnel.and')), places(t('funnel.before'), 'before', one, index),
    button({
      label: t('funnel.exclusion_remove', { number: index + 1 }), sign: 'close', kind: 'quiet',
      onclick: () => change(exclusions.filter((_, at) => at !== index)),
    })));
  const add = exclusions.length < EXCLUSIONS_MAX && button({
    text: t('funnel.exclusion_add'), sign: 'plus', kind: 'quiet',
    onclick: () => change([...exclusions, { name: words.names[0], after: 1, before: steps.length }]),
  });
  return h('div.stack-small', {}, ...rows, add);
}

/** The other end gives way, so that one step lies before the other. */
function ordered(one, changed, last) {
  if (one.after < one.before) return one;
  const after = changed === 'after' ? Math.min(one.after, last - 1) : Math.max(one.before, 2) - 1;
  return { ...one, after, before: after + 1 };
}
