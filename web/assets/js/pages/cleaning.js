// How events are cleaned: the steps, what they would change, the versions there were, and history read again.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { may } from '../core/session.js';
import { button, field, input } from '../ui/controls.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, errorState, note } from '../ui/states.js';
import { comparison } from './cleaning_preview.js';
import { ratesPanel } from './cleaning_rates.js';
import { stepForms } from './cleaning_steps.js';
import { rerunState, versionsPanel } from './cleaning_versions.js';

const LOOK_AGAIN_MS = 1000;

export default {
  title: () => t('nav.cleaning'),
  show() {
    let timer = null;
    const rerun = h('div', { role: 'status' });
    const versions = versionsPanel(() => load());
    const rates = ratesPanel(() => load());
    const place = asking((answer) => stepsPanel(answer, load), { lines: 8 });
    const look = (state) => {
      clearTimeout(timer);
      replace(rerun, rerunState(state.rerun, load));
      if (state.rerun?.state === 'running') timer = setTimeout(watch, LOOK_AGAIN_MS);
    };
    const watch = async () => {
      try {
        const state = await api.get('/cleaning');
        if (state.rerun?.state === 'running') look(state);
        else load();
      } catch {
        timer = setTimeout(watch, LOOK_AGAIN_MS);
      }
    };
    const load = () => {
      versions.load();
      rates.load();
      place.ask(async (signal) => {
        const [state, activity] = await Promise.all([
          api.get('/cleaning', {}, signal), api.get('/cleaning/activity', {}, signal),
        ]);
        look(state);
        return { state, activity };
      });
    };
    load();
    const leave = () => { clearTimeout(timer); place.stop(); };
    const body = h('div.stack', {}, rerun, place.element, versions.element, rates.element);
    return { element: h('div', {}, pageHead(t('nav.cleaning'), t('cleaning.lead')), body), leave };
  },
};

function stepsPanel({ state, activity }, load) {
  const forms = stepForms(state.version.steps, activity, state.bot_rules);
  const result = h('div.stack', { role: 'status' });
  const noted = input({ maxlength: 200 });
  const act = (ask, show) => async () => {
    try {
      show(await ask());
    } catch (error) {
      replace(result, errorState(error));
    }
  };
  const preview = act(
    () => api.post('/cleaning/preview', { steps: forms.steps() }), (answer) => replace(result, comparison(answer)));
  const save = act(
    () => api.post('/cleaning/versions', { steps: forms.steps(), note: noted.value.trim() }), load);
  const tools = h('div.field-row', {},
    may('operate') && button({ text: t('cleaning.preview'), onclick: preview }),
    may('administer') && field(t('cleaning.note'), noted),
    may('administer') && button({ text: t('cleaning.save'), kind: 'primary', onclick: save }));
  const hint = t('cleaning.activity', { version: state.version.number, count: activity.events });
  return panel(t('cleaning.steps'), h('div.stack', {}, forms.element,
    may('administer') ? tools : [note(t('cleaning.administrators')), tools], result), { hint });
}
