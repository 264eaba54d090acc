// The question of attribution: what touches led to, which events touch, and how far back; it stands in the address.

import { h } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { setQuery } from '../core/router.js';
import { button, field, select } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { eventFilter } from './event_filter.js';
import { filterFrom, filterText, stepsFrom, stepsText } from './funnel_question.js';

export const DAY_MS = 86_400_000;
export const MODELS = [
  'first', 'last', 'last_non_direct', 'linear', 'time_decay', 'position', 'markov', 'shapley',
];
const TOUCHES_MAX = 8;
/** The first is the usual one. */
const DIMENSIONS = ['channel', 'campaign', 'creative', 'room', 'host', 'product', 'coupon', 'message'];
const USUAL_CONVERSIONS = ['order_paid', 'order_created', 'sign_up'];
const USUAL_TOUCHES = ['room_enter', 'click', 'product_view', 'page_view', 'message_clicked', 'coupon_claimed'];
/** The first of each is the usual one. */
const CHOICES = {
  days: ['28', '1', '7', '90'], half: ['7', '1', '28'], order: ['1', '2', '3'],
  shapley: ['conversions', 'rate'], leads: ['next', 'each'], model: ['linear', ...MODELS.filter((m) => m !== 'linear')],
};

export function read(query, { names }) {
  const chosen = Object.fromEntries(Object.entries(CHOICES).map(([name, words]) => (
    [name, words.includes(query.get(name)) ? query.get(name) : words[0]]
  )));
  const touches = stepsFrom(query.get('touches'));
  const usual = USUAL_TOUCHES.filter((name) => names.includes(name)).map((name) => ({ name }));
  return {
    conversion: filterFrom(query.get('conversion')) ?? {
      name: USUAL_CONVERSIONS.find((name) => names.includes(name)) ?? names[0],
    },
    touches: touches.length > 0 ? touches : usual.length > 0 ? usual : [{ name: names[0] }],
    by: query.get('by') ?? DIMENSIONS[0], days: Number(chosen.days), half: Number(chosen.half),
    order: Number(chosen.order), shapley: chosen.shapley, leads: chosen.leads, model: chosen.model,
  };
}

/** One of the choices, in the address where it is not the usual one. */
export function choice(name, chosen, words = (value) => t(`attribution.${name}_${value}`)) {
  return field(t(`attribution.${name}`), select(CHOICES[name].map((one) => [one, words(one)]), String(chosen), {
    onchange: ({ target }) => setQuery(
      { [name]: target.value === CHOICES[name][0] ? null : target.value }, { isReplacing: true }
    ),
  }));
}

/** Channels, kinds of subjects, and whatever properties have texts. */
function dimensionField(chosen, { properties }) {
  const texts = properties.filter((one) => one.has_texts).map((one) => one.name);
  const names = [...new Set([...DIMENSIONS, ...texts, chosen])];
  return field(t('attribution.by'), select(names.map((name) => [name, dimensionName(name)]), chosen, {
    onchange: ({ target }) => setQuery(
      { by: target.value === DIMENSIONS[0] ? null : target.value }, { isReplacing: true }
    ),
  }));
}

export const dimensionName = (name) => (
  DIMENSIONS.includes(name) ? t(`attribution.by_${name}`) : wordFor('property', name));

const daysText = (value) => t('attribution.days_count', { count: Number(value) });

export function editor(question, words) {
  const put = (changes) => setQuery(changes, { isReplacing: true });
  const touches = question.touches.map((touch, index) => touchRow(question.touches, index, words, put));
  const add = question.touches.length < TOUCHES_MAX && button({
    text: t('attribution.add_touch'), sign: 'plus',
    onclick: () => put({ touches: stepsText([...question.touches, { name: words.names[0] }]) }),
  });
  const conversion = eventFilter(t('attribution.conversion'), question.conversion, words, (changed) => put({
    conversion: filterText(changed),
  }));
  const names = question.touches.map(({ name }) => wordFor('event', name)).join(t('list.separator'));
  return panel(t('attribution.question'), h('div.stack', {},
    conversion,
    h('div.field-row', {}, dimensionField(question.by, words), choice('days', question.days, daysText),
      choice('leads', question.leads)),
    unfolding('touches', t('attribution.touches', { names }), h('div.stack', {}, ...touches, add)),
    unfolding('models', t('attribution.settings'), h('div.field-row', {}, choice('half', question.half, daysText),
      choice('order', question.order), choice('shapley', question.shapley)))));
}

/** The editor is made anew with each change: what was opened stays open. */
const opened = new Set();

function unfolding(name, summary, content) {
  return h('details.details', {
    open: opened.has(name),
    ontoggle: ({ target }) => (target.open ? opened.add(name) : opened.delete(name)),
  }, h('summary', {}, summary), content);
}

function touchRow(touches, index, words, put) {
  const number = index + 1;
  const filter = eventFilter(t('attribution.touch', { number }), touches[index], words, (changed) => put({
    touches: stepsText(touches.map((one, at) => (at === index ? changed : one))),
  }));
  const remove = button({
    label: t('attribution.touch_remove', { number }), sign: 'close', kind: 'quiet', disabled: touches.length <= 1,
    onclick: () => put({ touches: stepsText(touches.filter((one, at) => at !== index)) }),
  });
  return h('div.cluster', {}, h('div.grow', {}, filter), remove);
}
