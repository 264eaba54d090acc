// One table on its way in: what its columns are, what becomes of its rows, and how far it is.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { may } from '../core/session.js';
import { button } from '../ui/controls.js';
import { facts, panel } from '../ui/panel.js';
import { asking, errorState, note } from '../ui/states.js';
import { confirmAction } from '../ui/dialog.js';
import { timeText } from '../ui/words.js';
import { stateBadge } from './import_tables.js';
import { wizard } from './import_wizard.js';

const LOOK_EVERY_MS = 1000;

export default {
  title: () => t('import.job_title'),
  show({ parameters }) {
    const path = `/imports/${encodeURIComponent(parameters.id)}`;
    const heading = h('h1', { tabindex: '-1' }, t('import.job_title'));
    let timer = null;
    let drawn = null;
    const place = asking((job) => {
      replace(heading, job.file_name);
      clearTimeout(timer);
      if (job.state === 'running') timer = setTimeout(look, LOOK_EVERY_MS);
      if (drawn?.state === 'ready' && job.state === 'ready') return drawn.element;
      drawn = { state: job.state, element: draw(job, path, look) };
      return drawn.element;
    }, { lines: 8 });
    const look = () => place.ask((signal) => api.get(path, {}, signal));
    look();
    const back = h('a.back', { href: '/import' }, t('nav.import'));
    const head = h('header.page-head', {}, h('div', {}, back, heading));
    const leave = () => {
      clearTimeout(timer);
      place.stop();
    };
    return { element: h('div', {}, head, place.element), leave };
  },
};

function draw(job, path, look) {
  const result = h('div', { role: 'status' });
  const isOpen = !['done', 'cancelled', 'failed'].includes(job.state);
  const tools = may('operate') && isOpen ? verbs(job, path, look, result) : [];
  const pairs = [
    [t('column.state'), stateBadge(job.state)],
    [t('import.format'), t(`import_format.${job.format}`)],
    [t('import.bytes'), exact(job.bytes)],
    job.source && [t('column.source'), job.source],
    [t('import.by'), job.by],
    [t('import.changed'), timeText(job.updated_at)],
    ...(job.mapping ? ['rows_done', 'accepted', 'duplicate', 'refused'].map(
      (name) => [t(`import.${name}`), exact(job[name])]
    ) : []),
  ];
  const state = panel(t('import.state_title'), h('div.stack-small', {},
    facts(pairs), job.failure && note(job.failure, 'bad'), refusedLink(job, path),
    job.state === 'uploading' && note(t('import.upload_broken'), 'watch'), result), { tools });
  const steps = job.state === 'ready' && may('operate') ? wizard(job, path, look) : null;
  return h('div.stack', {}, state, steps);
}

function refusedLink(job, path) {
  if (job.refused === 0) return null;
  const list = h('a.link', { href: `/api/v1${path}/refused`, download: '' }, t('import.refused_list'));
  const quarantine = job.mapping?.into === 'events' || !job.mapping?.into
    ? h('a.link', { href: '/collect' }, t('import.refused_open')) : null;
  return h('p.cluster', {}, list, quarantine);
}

function verbs(job, path, look, result) {
  const act = (verb) => async () => {
    const question = { title: t('import.cancel_title'), text: t('import.cancel_text'), action: t('import.cancel') };
    if (verb === 'cancel' && !(await confirmAction(question))) return;
    try {
      await api.post(`${path}/${verb}`);
      look();
    } catch (error) {
      replace(result, errorState(error));
    }
  };
  const named = { pause: job.state === 'running', resume: job.state === 'paused', cancel: true };
  return Object.entries(named).filter(([, isThere]) => isThere).map(([verb]) => button({
    text: t(`import.${verb}`), kind: verb === 'cancel' ? 'quiet' : 'plain', onclick: act(verb),
  }));
}
