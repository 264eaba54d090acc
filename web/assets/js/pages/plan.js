// The tracking plan: which events there are to be, how they arrive, and what is done with the others.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { compact, exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { setQuery, withQuery } from '../core/router.js';
import { may } from '../core/session.js';
import { badge, button, field, input, select, withTitle } from '../ui/controls.js';
import { pageHead, panel } from '../ui/panel.js';
import { spark } from '../ui/spark.js';
import { asking, emptyState, errorState, note } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { eventName, timeText } from '../ui/words.js';
import { freezeButton, versionsPanel } from './plan_versions.js';

const PAGE_ROWS = 100;
export const MODES = ['observe', 'quarantine', 'reject'];
const TONES = { frozen: 'good', changed: 'watch', proposed: 'accent', removed: 'watch', seen: 'plain' };

export default {
  title: () => t('nav.plan'),
  show({ query }) {
    const problem = h('div', { role: 'status' });
    let now = query;
    const place = asking((answer) => draw(answer, problem, again), { lines: 8 });
    const update = (changed) => {
      now = changed;
      const question = { cursor: now.get('cursor'), q: now.get('q'), limit: PAGE_ROWS };
      place.ask(async (signal) => {
        const [plan, versions] = await Promise.all([
          api.get('/plan', question, signal), api.get('/plan/versions', {}, signal),
        ]);
        return { ...plan, versions, question };
      });
    };
    const again = () => update(now);
    update(query);
    const body = h('div.stack', {}, problem, place.element);
    return { element: h('div', {}, pageHead(t('nav.plan'), t('plan.lead')), body), update, leave: place.stop };
  },
};

/** Does something to the draft, and shows what went wrong. */
export function attempt(problem, act, after) {
  return async (...given) => {
    try {
      await act(...given);
      replace(problem);
      after();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
}

function draw(plan, problem, again) {
  if (plan.total === 0 && !plan.question.q) {
    return emptyState({
      title: t('plan.empty_title'), text: t('plan.empty_text'),
      next: h('div.cluster', {}, h('a.button.is-primary', { href: '/collect' }, t('plan.empty_next')),
        may('operate') && importButton(plan, problem, again)),
    });
  }
  return h('div.stack', {}, standing(plan, problem, again), events(plan, problem, again),
    versionsPanel(plan.versions, plan.in_force, problem, again));
}

/** What is in force, and whether the draft is another. */
function standing(plan, problem, again) {
  const { in_force: inForce } = plan;
  const words = inForce
    ? t('plan.in_force', { version: inForce.version, by: inForce.frozen_by }) : t('plan.none_in_force');
  const mode = select(MODES.map((one) => [one, t(`plan_mode.${one}`)]), plan.unplanned_mode, {
    disabled: !may('operate'),
    onchange: attempt(problem, (event) => api.put(
      '/plan/unplanned-mode', { revision: plan.revision, mode: event.target.value }
    ), again),
  });
  return panel(t('plan.standing'), h('div.stack-small', {},
    h('p', {}, words, inForce && ' ', inForce && timeText(inForce.frozen_at)),
    plan.has_changes && note(t('plan.has_changes'), 'watch'),
    h('div.narrow-field', {}, field(t('plan.unplanned_mode'), mode, t('plan.unplanned_hint')))), {
    tools: [
      h('a.button.is-quiet', { href: '/api/v1/plan/schema?of=draft', download: 'tracking-plan.schema.json' },
        t('plan.export')),
      may('operate') && importButton(plan, problem, again),
      may('administer') && freezeButton(plan, problem, again),
    ],
  });
}

function importButton(plan, problem, again) {
  const read = attempt(problem, async (event) => {
    const text = await event.target.files[0].text();
    event.target.value = '';
    await api.put(`/plan/schema?revision=${plan.revision}`, parsed(text));
  }, again);
  const chooser = h('input', {
    type: 'file', accept: '.json,application/schema+json', hidden: true, onchange: read,
    'aria-label': t('plan.import'),
  });
  return h('span', {}, chooser, button({ text: t('plan.import'), kind: 'quiet', onclick: () => chooser.click() }));
}

/** What is no JSON goes to the server as text: it says what is wrong. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function events(plan, problem, again) {
  const search = input({
    name: 'q', size: 14, type: 'search', value: plan.question.q ?? '', 'aria-label': t('plan.search'),
  });
  const find = (event) => {
    event.preventDefault();
    setQuery({ q: search.value.trim(), cursor: null });
  };
  const form = h('form.cluster', { role: 'search', onsubmit: find }, search,
    button({ text: t('plan.search'), sign: 'search', kind: 'quiet', type: 'submit' }));
  const propose = button({
    text: t('plan.propose_all'), kind: 'plain',
    onclick: attempt(problem, () => api.post('/plan/propose', { revision: plan.revision }), again),
  });
  const title = t('plan.events');
  const pages = pager({
    firstHref: plan.question.cursor && withQuery({ cursor: null }),
    nextHref: plan.next && withQuery({ cursor: plan.next }),
  });
  const columns = eventColumns();
  return panel(title, [
    plan.left_out_events > 0 && note(t('plan.left_out', { count: plan.left_out_events }), 'watch'),
    table(title, columns, plan.events), pages,
  ], {
    tools: [form, may('operate') && propose, csvButton('tracking-plan', columns, plan.events)], isFlush: true,
    hint: t('plan.events_hint'),
  });
}

function eventColumns() {
  const number = (title, key) => ({
    title, isNumber: true, csv: (row) => row[key],
    cell: (row) => withTitle(row[key] ? compact(row[key]) : '–', exact(row[key])),
  });
  return [
    {
      title: t('column.event'), isHeader: true, csv: (row) => row.name,
      cell: (row) => h('a.link', { href: `/plan/${encodeURIComponent(row.name)}` }, eventName(row.name)),
    },
    {
      title: t('column.state'), csv: (row) => row.state,
      cell: (row) => badge(t(`plan_state.${row.state}`), TONES[row.state], row.state === 'frozen' ? 'check' : null),
    },
    { title: t('plan.mode'), csv: (row) => row.mode_in_force ?? '', cell: modeCell },
    { title: t('column.source'), isWide: true, csv: sourcesText, cell: sourcesText },
    number(t('plan.accepted'), 'accepted_24h'),
    { title: t('plan.days'), cell: (row) => row.days.length > 0 && spark(row.days.map(exact).join(', '), row.days) },
    number(t('plan.violating'), 'violating_24h'), number(t('plan.refused'), 'refused_24h'),
    number(t('plan.fields'), 'fields'),
    { title: t('column.last_seen'), csv: (row) => row.last_at, cell: (row) => timeText(row.last_at) },
  ];
}

const sourcesText = (row) => row.sources.join(' ');

function modeCell(row) {
  const planned = row.mode && t(`plan_mode.${row.mode}`);
  const inForce = row.mode_in_force && t(`plan_mode.${row.mode_in_force}`);
  if (!planned || !inForce || planned === inForce) return inForce ?? (planned && h('span.soft', {}, planned)) ?? '–';
  return t('plan.mode_change', { from: inForce, to: planned });
}
