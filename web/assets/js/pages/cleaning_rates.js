// The dated rates that amounts are converted with.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { may } from '../core/session.js';
import { button, field, input } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { asking, emptyState, errorState } from '../ui/states.js';
import { table } from '../ui/table.js';

const NAMES = ['day', 'from', 'to', 'rate', 'source'];

export function ratesPanel(changed) {
  let before = null;
  const place = asking((answer) => list(answer, before, (next) => { before = next; load(); }), { lines: 3 });
  const load = () => place.ask((signal) => api.get('/cleaning/rates', { limit: 20, before }, signal));
  const element = panel(t('cleaning.rates'), h('div.stack', {}, place.element, may('administer') && form(changed)),
    { hint: t('cleaning.rates_hint') });
  return { element, load };
}

function list({ rates, next }, before, turn) {
  if (rates.length === 0 && !before) {
    return emptyState({ title: t('cleaning.no_rates'), text: t('cleaning.no_rates_text') });
  }
  const columns = NAMES.map((name) => ({
    title: t(`cleaning.rate_${name}`), isHeader: name === 'day', isNumber: name === 'rate', cell: (row) => row[name],
  }));
  return [table(t('cleaning.rates'), columns, rates), (before || next) && h('div.pager', {},
    before && button({ text: t('pager.first'), onclick: () => turn(null) }),
    next && button({ text: t('pager.next'), onclick: () => turn(next) }))];
}

function form(changed) {
  const controls = NAMES.map((name) => [name, input({ type: name === 'day' ? 'date' : 'text', required: true })]);
  const problem = h('div');
  const add = async (event) => {
    event.preventDefault();
    try {
      const rate = Object.fromEntries(controls.map(([name, control]) => [name, control.value.trim()]));
      await api.post('/cleaning/rates', { rates: [rate] });
      replace(problem);
      changed();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  return h('form.stack-small', { onsubmit: add },
    h('div.field-row', {}, ...controls.map(([name, control]) => field(t(`cleaning.rate_${name}`), control)),
      button({ text: t('cleaning.rate_add'), type: 'submit' })), problem);
}
