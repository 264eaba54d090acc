// Erasing a person: what goes is named before it goes, since nothing brings it back.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { may } from '../core/session.js';
import { button, field, input } from '../ui/controls.js';
import { openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { errorState, note } from '../ui/states.js';

/** A panel to erase a person who has these ids and so many events; nothing for who may not. */
export function personErase({ person, ids, summary, left_out: leftOut }) {
  if (!may('administer')) return null;
  const result = h('div', { role: 'status' });
  const ask = button({ text: t('erase.ask'), kind: 'danger', onclick: () => confirm() });
  const confirm = () => openErasure({ person, ids, count: summary.events + leftOut, orders: summary.orders }, result);
  return panel(t('erase.title'), h('div.stack', {}, h('p.soft', {}, t('erase.lead')), result, h('div', {}, ask)));
}

/** Whoever erases types the id: a slip of the hand is not enough. */
function openErasure({ person, ids, count, orders }, result) {
  const typed = input({ autocomplete: 'off', spellcheck: 'false' });
  const erase = button({
    text: t('erase.confirm'), kind: 'danger', disabled: true, onclick: async () => {
      dialog.close();
      try {
        await api.remove(`/people/${encodeURIComponent(person)}`);
        navigate('/people');
      } catch (error) {
        replace(result, errorState(error));
      }
    },
  });
  typed.addEventListener('input', () => { erase.disabled = typed.value.trim() !== person; });
  const cancel = button({ text: t('dialog.cancel'), onclick: () => dialog.close() });
  const goes = [
    t('erase.goes_events', { count, events: exact(count) }), t('erase.goes_orders', { count: orders }),
    t('erase.goes_ids', { count: ids.length, ids: ids.slice(0, 5).join(', ') }), t('erase.goes_rest'),
  ];
  const content = [
    h('p', {}, t('erase.goes')), h('ul.erase-list', {}, ...goes.map((text) => h('li', {}, text))),
    h('p', {}, t('erase.numbers')), note(t('erase.for_ever'), 'watch'), field(t('erase.type', { person }), typed),
  ];
  const dialog = openDialog(t('erase.dialog'), content, [cancel, erase]);
}
