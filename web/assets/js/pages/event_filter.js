// Which events are meant: a name, a channel, and conditions on properties; as a part of a question.

import { h, uniqueId } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { button, field, input, select } from '../ui/controls.js';
import { channelSelect } from '../ui/words.js';

const CONDITIONS_MAX = 8;
const TEXT_OPERATORS = ['=', '!=', 'in', 'not_in', 'contains', 'starts'];
const NUMBER_OPERATORS = ['=', '<', '<=', '>', '>='];
const BARE = ['present', 'absent'];

/** How a property may be compared, by what its values are. */
function operatorsOf({ has_texts: texts, has_numbers: numbers, has_flags: flags }) {
  const operators = [...(texts ? TEXT_OPERATORS : []), ...(numbers ? NUMBER_OPERATORS : []), ...(flags ? ['='] : [])];
  return [...new Set([...operators, ...BARE])];
}

/** What was typed, as the value of a condition: a list, a number, a flag or a text. */
function valueFrom(text, operator, property) {
  if (operator === 'in' || operator === 'not_in') {
    return text.split(/[,，]/).map((one) => one.trim()).filter(Boolean);
  }
  const isNumber = NUMBER_OPERATORS.slice(1).includes(operator) || (operator === '=' && !property.has_texts);
  if (property.has_flags && ['true', 'false'].includes(text)) return text === 'true';
  return isNumber && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

const valueText = (value) => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));

/** Whether the API takes it: a value that is needed is there. */
function isWhole({ is, value }) {
  return BARE.includes(is) || (Array.isArray(value) ? value.length > 0 : value !== '' && value !== undefined);
}

/** A filter as the API takes it: without the conditions that are not whole yet. */
export const wholeFilter = (filter) => filter && { ...filter, where: filter.where?.filter(isWhole) };

/**
 * @param label - of the event's name
 * @param filter - `{ name, channel?, where? }`; null where nothing is chosen yet
 * @param words - the vocabulary
 * @param put - takes the changed filter; null where nothing is chosen
 * @param none - the text of choosing nothing; without it something is chosen always
 */
export function eventFilter(label, filter, words, put, { none, channelLabel } = {}) {
  const { names, channels } = words;
  const known = !filter?.name || names.includes(filter.name) ? names : [filter.name, ...names];
  const pairs = known.map((name) => [name, wordFor('event', name)]);
  const name = select(none ? [['', none], ...pairs] : pairs, filter?.name ?? '', {
    onchange: ({ target }) => put(target.value ? { ...filter, name: target.value } : null),
  });
  if (!filter) return h('div.field-row', {}, field(label, name));
  const channel = channelSelect(channels, filter.channel, {
    onchange: ({ target }) => put({ ...filter, channel: target.value || undefined }),
  });
  return h('div.stack-small', {},
    h('div.field-row', {}, field(label, name), field(channelLabel ?? t('filter.channel'), channel)),
    conditions(filter, words, put));
}

function conditions(filter, { properties = [] }, put) {
  const where = filter.where ?? [];
  const change = (next) => put({ ...filter, where: next.length > 0 ? next : undefined });
  const add = () => change([...where, { property: properties[0].name, is: operatorsOf(properties[0])[0], value: '' }]);
  return h('div.filter-conditions', {},
    ...where.map((condition, index) => conditionRow(condition, properties, {
      put: (changed) => change(where.map((one, at) => (at === index ? changed : one))),
      remove: () => change(where.filter((_, at) => at !== index)),
    })),
    where.length < CONDITIONS_MAX && properties.length > 0
      && button({ text: t('filter.add'), sign: 'plus', kind: 'quiet', onclick: add }));
}

/**
 * A condition on a property.
 *
 * @param remove - none where it stands by itself
 */
export function conditionRow(condition, properties, { put, remove }) {
  const known = properties.find(({ name }) => name === condition.property)
    ?? { name: condition.property, has_texts: true, has_numbers: true, texts: [] };
  const all = properties.includes(known) ? properties : [known, ...properties];
  const property = select(all.map(({ name }) => [name, wordFor('property', name)]), known.name, {
    'aria-label': t('filter.property'),
    onchange: ({ target }) => put({
      property: target.value, is: operatorsOf(all.find(({ name }) => name === target.value))[0], value: '',
    }),
  });
  const operator = select(operatorsOf(known).map((one) => [one, t(`filter.is_${one}`)]), condition.is, {
    'aria-label': t('filter.operator'), onchange: ({ target }) => put({ ...condition, is: target.value }),
  });
  const listID = uniqueId('texts');
  const value = !BARE.includes(condition.is) && h('span', {},
    input({
      'aria-label': t('filter.value'), value: valueText(condition.value), list: listID,
      placeholder: ['in', 'not_in'].includes(condition.is) ? t('filter.values_hint') : t('filter.value'),
      onchange: ({ target }) => put({ ...condition, value: valueFrom(target.value, condition.is, known) }),
    }),
    h('datalist', { id: listID }, ...known.texts.map((text) => h('option', { value: text }))));
  const close = remove && button({ label: t('filter.remove'), sign: 'close', kind: 'quiet', onclick: remove });
  return h('div.field-row.filter-condition', {}, property, operator, value, close);
}
