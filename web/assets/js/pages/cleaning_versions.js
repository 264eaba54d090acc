// The versions of the steps, who made them, and history read again under one of them.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { may } from '../core/session.js';
import { badge, button } from '../ui/controls.js';
import { confirmAction } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { asking, errorState } from '../ui/states.js';
import { table } from '../ui/table.js';
import { timeText } from '../ui/words.js';

export function versionsPanel(changed) {
  let before = null;
  const problem = h('div');
  const act = async (path, version) => {
    try {
      await api.post(`/cleaning/${path}`, { version });
      replace(problem);
      changed();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const turn = (next) => { before = next; load(); };
  const place = asking((answer) => list(answer, act, before, turn), { lines: 3 });
  const load = () => place.ask(async (signal) => {
    const [state, page] = await Promise.all([
      api.get('/cleaning', {}, signal), api.get('/cleaning/versions', { limit: 20, before }, signal),
    ]);
    return { ...page, spans: state.spans };
  });
  const element = panel(
    t('cleaning.versions'), [problem, place.element], { isFlush: true, hint: t('cleaning.versions_hint') });
  return { element, load };
}

function list({ versions, next, spans }, act, before, turn) {
  const current = spans.at(-1).version;
  const from = (number) => spans.filter((span) => span.version === number).map((span) => exact(span.from_sequence));
  const columns = [
    { title: t('cleaning.version'), isHeader: true, cell: (row) => String(row.number) },
    { title: t('column.created'), cell: (row) => timeText(row.created_at) },
    { title: t('cleaning.author'), cell: (row) => row.author },
    { title: t('cleaning.note'), isWide: true, cell: (row) => row.note || '–' },
    { title: t('cleaning.from'), isNumber: true, cell: (row) => from(row.number).join(' · ') || '–' },
    { title: t('column.state'), cell: (row) => row.number === current && badge(t('cleaning.holds'), 'good', 'check') },
  ];
  if (may('administer')) columns.push({
    title: h('span.visually-hidden', {}, t('column.actions')), isNumber: true,
    cell: ({ number }) => actions(number, number === current, act),
  });
  return [
    table(t('cleaning.versions'), columns, versions),
    (before || next) && h('div.pager', {},
      before && button({ text: t('pager.first'), onclick: () => turn(null) }),
      next && button({ text: t('pager.next'), onclick: () => turn(next) })),
  ];
}

function actions(version, isCurrent, act) {
  const rerun = async () => {
    const texts = { title: t('cleaning.rerun_title', { version }), text: t('cleaning.rerun_text'),
      action: t('cleaning.rerun') };
    if (await confirmAction(texts)) act('rerun', version);
  };
  return h('div.cluster', {},
    !isCurrent && button({ text: t('cleaning.use'), kind: 'quiet', 'aria-label': t('cleaning.use_version', { version }),
      onclick: () => act('current', version) }),
    button({ text: t('cleaning.rerun'), kind: 'quiet', 'aria-label': t('cleaning.rerun_title', { version }),
      onclick: rerun }));
}

/** How far history has been read again; nothing where it is not. */
export function rerunState(rerun, changed) {
  if (rerun?.state !== 'running') return null;
  const { version, sequence, sequence_end: end } = rerun;
  const problem = h('div');
  const cancel = async () => {
    try {
      await api.post('/cleaning/rerun/cancel', {});
      changed();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const progress = h('progress', { max: end || 1, 'aria-label': t('cleaning.rerun_running', { version }) });
  progress.value = sequence ?? 0;
  return panel(t('cleaning.rerun_running', { version }), h('div.stack-small', {}, progress,
    h('p.soft', {}, t('cleaning.rerun_progress', { done: exact(sequence ?? 0), count: exact(end ?? 0) })), problem), {
    tools: [may('administer') && button({ text: t('dialog.cancel'), onclick: cancel })].filter(Boolean),
  });
}
