// The frame of the pages before signing in.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { languageMenu, themeMenu } from '../shell/toolbar.js';

export function door(title, lead, form) {
  const mark = h('img', { src: '/assets/icon.svg', alt: '', width: 24, height: 24 });
  return h('div.door-card', {},
    h('div.brand', {}, mark, t('shell.brand')),
    h('section.panel.door-panel', {}, h('h1', { tabindex: '-1' }, title), h('p.soft', {}, lead), form),
    h('div.door-foot', {}, languageMenu(), themeMenu()));
}

/** A form that says beside its button what went wrong, and keeps what was typed. */
export function doorForm(fields, submit, onSubmit, errorPlace) {
  const send = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await onSubmit();
    } finally {
      submit.disabled = false;
    }
  };
  return h('form.stack', { onsubmit: send, novalidate: true }, ...fields, errorPlace, submit);
}
