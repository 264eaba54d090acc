// Buttons, fields and what people act with.

import { announce, h, replace, uniqueId } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { icon } from './icons.js';

/** A button: `kind` is primary, plain, quiet or danger; without `text` it needs a `label`. */
export function button({ text, label, sign, kind = 'plain', onclick, type = 'button', disabled = false, ...more }) {
  const content = [sign && icon(sign), text && h('span', {}, text)];
  const given = { type, onclick, disabled, title: text ? null : label, ...more };
  return h(`button.button.is-${kind}${text ? '' : '.is-square'}`, { 'aria-label': label, ...given }, ...content);
}

/** A label above its control, with a hint below; the control is passed in. */
export function field(label, control, hint) {
  const id = control.id || uniqueId('field');
  control.id = id;
  const note = hint && h('p.field-hint', { id: `${id}-hint` }, hint);
  if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
  return h('div.field', {}, h('label', { for: id }, label), control, note);
}

export function input(attributes) {
  return h('input.input', { autocomplete: 'off', spellcheck: 'false', ...attributes });
}

/** Several lines of text. */
export function textArea(attributes) {
  const { value = '', ...more } = attributes;
  const area = h('textarea.input.is-code', { rows: 8, autocomplete: 'off', spellcheck: 'false', ...more });
  area.value = value;
  return area;
}

/** A box to tick, with its words beside it. */
export function checkbox(text, isChecked, attributes = {}) {
  const box = h('input.check', { type: 'checkbox', checked: isChecked, ...attributes });
  return { element: h('label.check-line', {}, box, h('span', {}, text)), box };
}

/** A choice among `[value, text]` pairs. */
export function select(pairs, chosen, attributes = {}) {
  const options = pairs.map(([value, text]) => h('option', { value, selected: value === chosen }, text));
  return h('select.input', attributes, ...options);
}

/** A row of choices of which one holds. `pairs` are `[value, text]`. */
export function segmented(label, pairs, chosen, onChoose) {
  const group = h('div.segmented', { role: 'group', 'aria-label': label });
  const draw = (now) => replace(group, ...pairs.map(([value, text]) => {
    const choose = () => {
      draw(value);
      group.querySelector('[aria-pressed="true"]').focus();
      onChoose(value);
    };
    return h('button', { type: 'button', 'aria-pressed': String(value === now), onclick: choose }, text);
  }));
  draw(chosen);
  return group;
}

/** A command or a key to copy, with its button; where the page may not copy, as on plain http, it selects. */
export function copyBlock(text) {
  const shown = h('pre', { tabindex: '0', role: 'group', 'aria-label': t('copy.label') }, text);
  const say = (sign, words) => {
    announce(words);
    replace(control, icon(sign), h('span', {}, words));
    setTimeout(() => replace(control, icon('copy'), h('span', {}, t('copy.action'))), 3000);
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say('check', t('copy.done'));
    } catch {
      getSelection().selectAllChildren(shown);
      say('info', t('copy.by_hand'));
    }
  };
  const control = button({ text: t('copy.action'), sign: 'copy', onclick: copy });
  return h('div.copy-block', {}, shown, control);
}

/** A mark of state: `tone` is good, watch, bad or plain; the words carry the meaning. */
export function badge(text, tone = 'plain', sign = null) {
  return h(`span.badge.is-${tone}`, {}, sign && icon(sign), text);
}

/** A value whose exact form is its title. */
export function withTitle(text, title) {
  return h('span', { title: title === text ? null : title }, text);
}
