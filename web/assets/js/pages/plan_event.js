// One event of the tracking plan: what it is to hold, what arrives, and where the two differ.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { may } from '../core/session.js';
import { button, field, input, select } from '../ui/controls.js';
import { confirmAction } from '../ui/dialog.js';
import { figure, figures, pageHead, panel } from '../ui/panel.js';
import { asking, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { attempt, MODES } from './plan.js';
import { addField, fieldsTable, seenColumns } from './plan_fields.js';

export default {
  title: () => t('plan.event_title'),
  show({ parameters }) {
    const { name } = parameters;
    const path = `/plan/events/${encodeURIComponent(name)}`;
    const problem = h('div', { role: 'status' });
    const place = asking((answer) => draw(answer, { path, name, problem, again }), { lines: 10 });
    const again = () => place.ask((signal) => api.get(path, {}, signal));
    again();
    const back = h('a.back', { href: '/plan' }, t('nav.plan'));
    const title = wordFor('event', name);
    const head = pageHead(title, title === name ? null : name);
    return { element: h('div', {}, back, head, h('div.stack', {}, problem, place.element)), leave: place.stop };
  },
};

function draw(answer, here) {
  const { row, draft, frozen, seen } = answer;
  return h('div.stack', {},
    figures(
      figure(t('column.state'), h('span.is-small', {}, t(`plan_state.${row.state}`))),
      figure(t('plan.accepted'), exact(row.accepted_24h)), figure(t('plan.violating'), exact(row.violating_24h)),
      figure(t('plan.refused'), exact(row.refused_24h)),
      figure(t('column.last_seen'), h('span.is-small', {}, timeText(row.last_at)))),
    draft ? editor(answer, here) : proposal(answer, here),
    !draft && frozen && note(t('plan.removed_note'), 'watch'),
    violations(answer.violations),
    seen.length > 0 && panel(t('plan.seen'), table(t('plan.seen'), seenColumns(), seen), {
      tools: [csvButton('seen-fields', seenColumns(), seen)], isFlush: true, hint: t('plan.seen_hint'),
    }));
}

function proposal({ revision }, { name, problem, again }) {
  const propose = button({
    text: t('plan.propose'), kind: 'primary',
    onclick: attempt(problem, () => api.post('/plan/propose', { revision, events: [name] }), again),
  });
  const text = h('p', {}, t('plan.not_planned'));
  return panel(t('plan.planned'), h('div.stack-small', {}, text, may('operate') && propose));
}

/** The event as it will be once saved; saving sends it whole. */
function editor({ draft, seen, revision }, { path, name, problem, again }) {
  const isLocked = !may('operate');
  const edited = structuredClone(draft);
  const meaning = input({ value: draft.meaning, maxlength: 160, disabled: isLocked });
  const owner = input({ value: draft.owner, maxlength: 160, disabled: isLocked });
  const mode = select(MODES.map((one) => [one, t(`plan_mode.${one}`)]), draft.mode, { disabled: isLocked });
  const unplanned = h('input.check', { type: 'checkbox', checked: draft.allow_unplanned, disabled: isLocked });
  const save = attempt(problem, () => api.put(path, {
    revision,
    event: {
      ...edited, meaning: meaning.value, owner: owner.value, mode: mode.value, allow_unplanned: unplanned.checked,
    },
  }), again);
  const remove = async () => {
    if (!(await confirmAction({
      title: t('plan.remove_event'), text: t('plan.remove_text'), action: t('plan.remove_event'),
    }))) return;
    attempt(problem, () => api.remove(`${path}?revision=${revision}`), () => navigate('/plan'))();
  };
  const complete = attempt(problem, () => api.post('/plan/propose', { revision, events: [name] }), again);
  const fields = fieldsTable(edited, seen, isLocked);
  const form = h('form.stack', { onsubmit: (event) => { event.preventDefault(); save(); } },
    h('div.plan-form', {},
      field(t('plan.meaning'), meaning), field(t('plan.owner'), owner),
      field(t('plan.mode'), mode, t(`plan_mode_hint.${draft.mode}`)),
      h('label.cluster', {}, unplanned, t('plan.allow_unplanned'))),
    fields.element,
    !isLocked && h('div.cluster', {},
      button({ text: t('plan.save'), kind: 'primary', type: 'submit' }),
      button({ text: t('plan.add_field'), sign: 'plus', onclick: () => addField(edited, fields.draw) }),
      button({ text: t('plan.complete'), onclick: complete }),
      button({ text: t('plan.remove_event'), kind: 'quiet', onclick: remove })));
  return panel(t('plan.planned'), form, { hint: t('plan.planned_hint') });
}

function violations(rows) {
  if (rows.length === 0) return null;
  const columns = [
    {
      title: t('plan.field'), isHeader: true, csv: (row) => row.field,
      cell: (row) => h('span.id', {}, row.field || '–'),
    },
    { title: t('plan.violation'), csv: (row) => row.kind, cell: (row) => t(`plan_violation.${row.kind}`) },
    { title: t('column.source'), csv: (row) => row.source, cell: (row) => row.source },
    ...['observed', 'quarantined', 'rejected'].map((key) => ({
      title: t(`plan.count_${key}`), isNumber: true, csv: (row) => row[key], cell: (row) => exact(row[key]),
    })),
    { title: t('plan.samples'), isWide: true, cell: (row) => h('span.cluster', {}, ...row.samples.map(sample)) },
  ];
  return panel(t('plan.violations'), table(t('plan.violations'), columns, rows), {
    tools: [csvButton('violations', columns, rows)], isFlush: true, hint: t('plan.violations_hint'),
  });
}

/** Leads to where the event can be looked at. */
function sample(one) {
  const time = timeText(one.time);
  if (one.person) return h('a.link', { href: `/people/${encodeURIComponent(one.person)}`, title: one.event_id }, time);
  if (one.quarantine_id === null) return h('span.soft', {}, time);
  return h('a.link', { href: '/quarantine?reason=plan_violation', title: String(one.quarantine_id) }, time);
}
