// Who was erased is not known any more; that it was done, and that nothing is left, is.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { badge } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { errorState } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';

const LOOK_MS = 1000;
const ROWS = 20;
const TONES = { waiting: 'watch', scrubbing: 'watch', done: 'good' };

/** A panel of the last erasures, empty where there is none; it follows those that are under way. */
export function peopleErasures() {
  const element = h('div');
  let timer = null;
  const load = async () => {
    try {
      const { erasures } = await api.get('/people/erasures', { limit: ROWS });
      replace(element, erasures.length > 0 && draw(erasures));
      if (erasures.some((one) => one.state !== 'done')) timer = setTimeout(load, LOOK_MS);
    } catch (error) {
      replace(element, errorState(error, load));
    }
  };
  load();
  return { element, stop: () => clearTimeout(timer) };
}

const found = (one) => one.found && one.found.journal + one.found.memory + one.found.snapshots;

const columns = () => [
  { title: t('erasures.id'), isHeader: true, cell: (one) => one.id, csv: (one) => one.id },
  { title: t('erasures.asked'), cell: (one) => timeText(one.asked_at), csv: (one) => one.asked_at },
  { title: t('erasures.by'), cell: (one) => one.asked_by, csv: (one) => one.asked_by },
  {
    title: t('column.state'), cell: (one) => badge(wordFor('erasure', one.state), TONES[one.state]),
    csv: (one) => one.state,
  },
  { title: t('erasures.done'), cell: (one) => one.done_at && timeText(one.done_at), csv: (one) => one.done_at },
  {
    title: t('erasures.events'), isNumber: true, cell: (one) => one.events !== null && exact(one.events),
    csv: (one) => one.events,
  },
  { title: t('erasures.found'), isNumber: true, cell: (one) => one.found && exact(found(one)), csv: found },
  { title: 'id_hashes', csv: (one) => one.id_hashes.join(' ') },
];

function draw(erasures) {
  const title = t('erasures.title');
  return panel(title, table(title, columns(), erasures), {
    tools: [csvButton('erasures', columns(), erasures)], hint: t('erasures.hint'), isFlush: true,
  });
}
