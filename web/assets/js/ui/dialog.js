// Dialogs on the browser's own <dialog>: it holds the focus and closes by Escape.

import { h, uniqueId } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { button } from './controls.js';

/** Opens a dialog; `content` are its elements. Returns the dialog, whose `close()` removes it. */
export function openDialog(title, content, actions = []) {
  const id = uniqueId('dialog');
  const close = button({ label: t('dialog.close'), sign: 'close', kind: 'quiet', onclick: () => dialog.close() });
  const head = h('div.dialog-head', {}, h('h2', { id }, title), close);
  const foot = actions.length > 0 && h('div.dialog-foot', {}, ...actions);
  const dialog = h('dialog.dialog', { 'aria-labelledby': id }, head, h('div.dialog-body', {}, ...content), foot);
  dialog.addEventListener('close', () => dialog.remove());
  closeFromOutside(dialog);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A press on the backdrop closes; one that began inside, as when text is marked, does not. */
export function closeFromOutside(dialog) {
  let isOutside = false;
  dialog.addEventListener('pointerdown', (event) => { isOutside = event.target === dialog; });
  dialog.addEventListener('click', (event) => { if (isOutside && event.target === dialog) dialog.close(); });
}

/** Asks before something that cannot be taken back, or is large; resolves to whether to go on. */
export function confirmAction({ title, text, action, kind = 'danger' }) {
  return new Promise((resolve) => {
    const cancel = button({ text: t('dialog.cancel'), onclick: () => dialog.close() });
    const go = button({ text: action, kind, onclick: () => { resolve(true); dialog.close(); } });
    const dialog = openDialog(title, [h('p', {}, text)], [cancel, go]);
    dialog.addEventListener('close', () => resolve(false));
    cancel.focus();
  });
}
