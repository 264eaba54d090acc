// A sample, and what a mapping makes of it before anything is taken.

import { h, replace } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { badge, button, field, textArea } from '../ui/controls.js';
import { errorState, note } from '../ui/states.js';

/** @param ask - takes the sample's text, and gives the answer of a trial */
export function trialBox(label, ask, value = '') {
  const sample = textArea({ rows: 4, value });
  const result = h('div', { role: 'status' });
  const run = async () => {
    try {
      const { elements } = await ask(sample.value);
      replace(result, elements.length > 0 ? h('ol.trial', {}, ...elements.map(row)) : note(t('trial.nothing')));
    } catch (error) {
      replace(result, error instanceof SyntaxError ? note(t('import.no_json'), 'bad') : errorState(error));
    }
  };
  return h('details', {}, h('summary', {}, t('trial.open')), h('div.stack-small', {},
    field(label, sample), h('div.cluster', {}, button({ text: t('trial.run'), onclick: run })), result));
}

function row({ status, reason, detail, records }) {
  const marks = {
    accepted: () => badge(t('import.taken'), 'good', 'check'), skipped: () => badge(t('trial.skipped')),
    quarantined: () => badge(wordFor('quarantine', reason), 'bad', 'alert'),
  };
  const lines = records.map((record) => h('code.id', {}, JSON.stringify(record)));
  return h('li', {}, marks[status](), detail && h('p', {}, detail), ...lines);
}
