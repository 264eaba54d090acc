// Keys that work on every page, and the list of them.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { session } from '../core/session.js';
import { openDialog } from '../ui/dialog.js';
import { PAGES } from './navigation.js';
import { openPalette } from './palette.js';

const SEQUENCE_MS = 1500;
let goPressedAt = 0;

export function listenForShortcuts() {
  document.addEventListener('keydown', (event) => {
    if (!session() || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    pressed(event);
  });
}

function isTyping(target) {
  return target.closest?.('input, textarea, select, [contenteditable]') !== null;
}

function pressed(event) {
  const page = PAGES.find((one) => one.key === event.key);
  if (event.key === '?') showShortcuts();
  else if (event.key === '/') openPalette();
  else if (event.key === 'g') goPressedAt = event.timeStamp;
  else if (page && goPressedAt && event.timeStamp - goPressedAt < SEQUENCE_MS) navigate(page.path);
  else return;
  if (event.key !== 'g') goPressedAt = 0;
  event.preventDefault();
}

export function showShortcuts() {
  const rows = [
    [['Ctrl', 'K'], t('palette.open')], [['/'], t('palette.open')], [['?'], t('shortcuts.title')],
    ...PAGES.map((page) => [['g', page.key], t('shortcuts.go', { page: t(`nav.${page.name}`) })]),
    [['Esc'], t('shortcuts.escape')],
  ];
  const list = rows.map(([keys, text]) => h('div', {}, h('dt', {}, text),
    h('dd.cluster', {}, ...keys.map((key) => h('kbd', {}, key)))));
  openDialog(t('shortcuts.title'), [h('dl.shortcut-list', {}, ...list)]);
}
