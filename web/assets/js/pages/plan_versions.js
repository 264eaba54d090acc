// Freezing the draft, with what it would change; the versions there were, and taking one back into force.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { may } from '../core/session.js';
import { badge, button, field, input } from '../ui/controls.js';
import { confirmAction, openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { asking, errorState } from '../ui/states.js';
import { table } from '../ui/table.js';
import { timeText } from '../ui/words.js';

const SIGNS = { added: '+', removed: '−', changed: '~' };

export function freezeButton(plan, problem, again) {
  return button({
    text: t('plan.freeze'), kind: 'primary', disabled: !plan.has_changes, onclick: () => freeze(plan, again),
  });
}

function freeze(plan, again) {
  const words = input({ maxlength: 200, id: 'freeze-note' });
  const problem = h('div');
  const submit = async (event) => {
    event.preventDefault();
    try {
      await api.post('/plan/freeze', { revision: plan.revision, note: words.value });
      dialog.close();
      again();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const form = h('form.stack', { id: 'freeze-plan', onsubmit: submit },
    h('p', {}, t('plan.freeze_text')), difference('in_force', 'draft'), field(t('plan.note'), words), problem);
  const dialog = openDialog(t('plan.freeze'), [form], [
    button({ text: t('plan.freeze'), kind: 'primary', type: 'submit', form: 'freeze-plan' }),
  ]);
  words.focus();
}

/** What changes from one plan to another, as a list. */
function difference(from, to) {
  const place = asking(({ events, unplanned_mode: mode }) => {
    if (events.length === 0 && !mode) return h('p.soft', {}, t('plan.no_difference'));
    const rows = events.map((event) => h('li', {},
      `${SIGNS[event.change]} ${event.name} `, h('span.soft', {}, aspects(event)),
      event.fields.length > 0 && h('ul', {}, ...event.fields.map((one) => h(
        'li', {}, `${SIGNS[one.change]} ${one.path} `, h('span.soft', {}, aspects(one))
      )))));
    const unplanned = mode && h('li', {}, `${t('plan.unplanned_mode')}: `, t('plan.mode_change', {
      from: t(`plan_mode.${mode.from}`), to: t(`plan_mode.${mode.to}`),
    }));
    return h('ul.plan-difference', {}, unplanned, ...rows);
  }, { lines: 3 });
  place.ask((signal) => api.get('/plan/difference', { from, to }, signal));
  return place.element;
}

function aspects({ change, aspects: changed }) {
  const words = changed.map((one) => wordFor('plan_aspect', one)).join(t('plan.comma'));
  return words || t(`plan_change.${change}`);
}

export function versionsPanel({ versions }, inForce, problem, again) {
  if (versions.length === 0) return null;
  const columns = [
    { title: t('plan.version'), isHeader: true, cell: (row) => String(row.version) },
    {
      title: t('column.state'),
      cell: (row) => row.version === inForce?.version && badge(t('plan.version_in_force'), 'good', 'check'),
    },
    { title: t('plan.frozen'), cell: (row) => timeText(row.frozen_at) },
    { title: t('plan.by'), cell: (row) => row.frozen_by },
    { title: t('plan.note'), isWide: true, cell: (row) => row.note || '–' },
    { title: t('plan.events'), isNumber: true, cell: (row) => String(row.events) },
    {
      title: h('span.visually-hidden', {}, t('column.actions')), isNumber: true,
      cell: (row) => actions(row, inForce, problem, again),
    },
  ];
  const lift = inForce && may('administer') && button({
    text: t('plan.lift'), kind: 'quiet',
    onclick: () => putInForce(null, { title: t('plan.lift'), text: t('plan.lift_text') }, problem, again),
  });
  return panel(t('plan.versions'), table(t('plan.versions'), columns, versions), { tools: [lift], isFlush: true });
}

function actions(row, inForce, problem, again) {
  const show = button({
    text: t('plan.compare'), kind: 'quiet', 'aria-label': t('plan.compare_title', { version: row.version }),
    onclick: () => openDialog(t('plan.compare_title', { version: row.version }), [
      h('p.soft', {}, t('plan.compare_text')), difference(String(row.version), 'draft'),
    ]),
  });
  const file = h('a.button.is-quiet', {
    href: `/api/v1/plan/schema?of=${row.version}`, download: `tracking-plan.${row.version}.schema.json`,
    'aria-label': t('plan.export_version', { version: row.version }),
  }, t('plan.export'));
  const back = may('administer') && row.version !== inForce?.version && button({
    text: t('plan.put_back'), kind: 'quiet', 'aria-label': t('plan.put_back_title', { version: row.version }),
    onclick: () => putInForce(row.version, {
      title: t('plan.put_back_title', { version: row.version }), text: t('plan.put_back_text'),
    }, problem, again),
  });
  return h('span.cluster', {}, show, file, back);
}

async function putInForce(version, { title, text }, problem, again) {
  if (!(await confirmAction({ title, text, action: title }))) return;
  try {
    await api.put('/plan/in-force', { version });
    replace(problem);
    again();
  } catch (error) {
    replace(problem, errorState(error));
  }
}
