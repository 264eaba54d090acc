// A button with a menu under it, by mouse and by keyboard.

import { h, replace, uniqueId } from '../core/dom.js';
import { icon } from './icons.js';

/**
 * @param trigger - the button; it gets the attributes of a menu's button
 * @param items - makes, at each opening, a list of `{ text, onChoose, isChosen?, sign?, hint?, href? }`,
 *   `{ heading }` and `'line'`
 */
export function menu(trigger, items, { isStart = false } = {}) {
  const id = uniqueId('menu');
  const list = h(`div.menu${isStart ? '.is-start' : ''}`, { id, role: 'menu', hidden: true });
  const root = h('div.menu-root', {}, trigger, list);
  trigger.setAttribute('aria-haspopup', 'menu');
  trigger.setAttribute('aria-expanded', 'false');
  trigger.setAttribute('aria-controls', id);

  const close = (isFocusing = false) => {
    if (list.hidden) return;
    list.hidden = true;
    trigger.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside);
    if (isFocusing) trigger.focus();
  };
  const outside = (event) => { if (!root.contains(event.target)) close(); };
  const open = () => {
    replace(list, ...items().map((item) => entry(item, close)));
    list.hidden = false;
    trigger.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside);
    (list.querySelector('[aria-checked="true"]') ?? list.querySelector('[role^="menuitem"]'))?.focus();
  };
  trigger.addEventListener('click', () => (list.hidden ? open() : close()));
  root.addEventListener('keydown', (event) => move(event, list, close));
  root.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) close();
  });
  return root;
}

function entry(item, close) {
  if (item === 'line') return h('div.menu-line', { role: 'separator' });
  if (item.heading) return h('div.menu-heading', { role: 'presentation' }, item.heading);
  const isChoice = item.isChosen !== undefined;
  const role = isChoice ? 'menuitemradio' : 'menuitem';
  const mark = isChoice && h('span.menu-mark', {}, item.isChosen && icon('check'));
  const content = [mark, item.sign && icon(item.sign), item.text, item.hint && h('span.menu-hint', {}, item.hint)];
  const checked = isChoice ? String(item.isChosen) : null;
  const choose = () => {
    close(!item.href);
    item.onChoose?.();
  };
  if (item.href) return h('a.menu-item', { role, href: item.href, tabindex: '-1', onclick: choose }, ...content);
  const given = { type: 'button', role, tabindex: '-1', 'aria-checked': checked, onclick: choose };
  return h('button.menu-item', given, ...content);
}

function move(event, list, close) {
  if (list.hidden) return;
  const all = [...list.querySelectorAll('[role^="menuitem"]')];
  const at = all.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  if (event.key === 'Escape') {
    close(true);
  } else if (event.key in steps) {
    all.at(steps[event.key] % all.length)?.focus();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
