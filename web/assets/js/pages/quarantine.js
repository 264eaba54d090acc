// What was set aside on the way in, why, and trying it again.

import { api } from '../core/api.js';
import { debounce, h, replace } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { preferences } from '../core/preferences.js';
import { setQuery, withQuery } from '../core/router.js';
import { may } from '../core/session.js';
import { addDays, parseDay } from '../core/zone.js';
import { badge, button, field, input } from '../ui/controls.js';
import { confirmAction } from '../ui/dialog.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState, errorState, note } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';

const PAGE_ROWS = 50;

export default {
  title: () => t('nav.quarantine'),
  show({ query }) {
    const chosen = new Set();
    const result = h('div', { role: 'status' });
    let now = query;
    const again = () => update(now);
    const replaying = { chosen, result, again };
    const place = asking((answer) => h('div.stack', {}, filters(answer.query), draw(answer, replaying)), { lines: 8 });
    const update = (changed) => {
      now = changed;
      chosen.clear();
      const match = matchOf(now);
      const cursor = now.get('cursor');
      place.ask(async (signal) => ({
        query: now, match, cursor, ...await api.get('/quarantine', { ...match, cursor, limit: PAGE_ROWS }, signal),
      }));
    };
    update(query);
    const body = h('div.stack', {}, result, place.element);
    const head = pageHead(t('nav.quarantine'), t('quarantine_page.lead'));
    return { element: h('div', {}, head, body), update, leave: place.stop };
  },
};

/** What is looked at, as the API takes it: only what is asked for. */
function matchOf(query) {
  const { zone } = preferences;
  const [first, last] = [parseDay(zone, query.get('first')), parseDay(zone, query.get('last'))];
  const match = {
    reason: query.get('reason'), source: query.get('source'),
    from: first === null ? null : new Date(first).toISOString(),
    to: last === null ? null : new Date(addDays(zone, last, 1)).toISOString(),
  };
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value));
}

function filters(query) {
  const source = input({ type: 'search', value: query.get('source') ?? '' });
  source.addEventListener('input', debounce(300, () => (
    setQuery({ source: source.value.trim(), cursor: null }, { isReplacing: true }))));
  const day = (name) => input({
    type: 'date', value: query.get(name) ?? '',
    onchange: (event) => setQuery({ [name]: event.target.value, cursor: null }),
  });
  return h('search.field-row', {}, field(t('column.source'), source),
    field(t('collect.first_day'), day('first')), field(t('collect.last_day'), day('last')));
}

function draw(answer, replaying) {
  const { items, by_reason: byReason, match, cursor } = answer;
  const reasons = Object.entries(byReason).sort((one, other) => other[1] - one[1]);
  const count = reasons.reduce((sum, [, one]) => sum + one, 0);
  if (count === 0) return panel(t('collect.quarantine'), nothing(match));
  const chips = [chip(null, count, match), ...reasons.map(([reason, one]) => chip(reason, one, match))];
  const replay = may('operate') && replayTools(items, replaying);
  const all = may('operate') && replayAll(answer, replaying);
  const columns = columnsFor(replay?.mark);
  const written = [...columns, { title: t('column.body'), csv: (row) => row.body }];
  const pages = pager({
    firstHref: cursor && withQuery({ cursor: null }),
    nextHref: answer.next && withQuery({ cursor: answer.next }),
  });
  const title = t('collect.quarantine');
  return panel(title, [
    h('div.chips', { role: 'group', 'aria-label': t('column.reason') }, ...chips), table(title, columns, items), pages,
  ], {
    tools: [replay?.button, all, csvButton('quarantine', written, items)], isFlush: true,
    hint: t('collect.quarantine_hint'),
  });
}

function nothing(match) {
  if (Object.keys(match).length === 0) {
    return emptyState({ title: t('collect.clean_title'), text: t('collect.clean_text') });
  }
  const clear = h('a.button.is-plain', { href: '/quarantine' }, t('collect.show_all'));
  return emptyState({ title: t('collect.no_match_title'), text: t('collect.no_match_text'), next: clear });
}

/** All that match, also those on other pages. */
function replayAll({ match, waiting }, { result, again }) {
  if (waiting === 0) return null;
  const control = button({
    text: t('collect.replay_matching', { count: waiting }),
    onclick: async () => {
      const words = {
        title: t('collect.replay_matching', { count: waiting }), text: t('collect.replay_matching_text'),
        action: t('collect.replay_matching_go'), kind: 'primary',
      };
      if (!(await confirmAction(words))) return;
      replace(result, note(t('collect.replaying', { count: waiting })));
      await replay(control, { match }, { result, again });
    },
  });
  return control;
}

/** Asks for a replay and says how it went; the control waits meanwhile. */
async function replay(control, request, { result, again }) {
  control.disabled = true;
  try {
    const { accepted, duplicate, quarantined } = await api.post('/quarantine/replay', request);
    const text = t('collect.replayed', { accepted, duplicate, quarantined });
    replace(result, note(text, quarantined > 0 ? 'watch' : 'plain'));
    again();
  } catch (error) {
    replace(result, errorState(error));
    control.disabled = false;
  }
}

function chip(reason, count, match) {
  const isChosen = (match.reason ?? null) === reason;
  const words = reason ? wordFor('quarantine', reason) : t('collect.all_reasons');
  return h('a.chip', {
    href: withQuery({ reason, cursor: null }), 'aria-current': isChosen ? 'true' : null, title: reason,
  },
    words, h('span.faint', {}, String(count)));
}

/** Rows can be chosen; the button tries the chosen ones again, or all of this page. */
function replayTools(items, { chosen, result, again }) {
  const open = items.filter((item) => !item.replayed_at);
  const ids = () => (chosen.size > 0 ? [...chosen] : open.map((item) => item.id));
  const label = h('span');
  const control = h('button.button.is-plain', { type: 'button', disabled: open.length === 0 }, label);
  const name = () => replace(label, chosen.size > 0
    ? t('collect.replay_chosen', { count: chosen.size }) : t('collect.replay_all', { count: open.length }));
  control.addEventListener('click', () => replay(control, { ids: ids() }, { result, again }));
  const mark = (item) => item.replayed_at ? null : h('input.check', {
    type: 'checkbox', 'aria-label': t('collect.choose', { id: item.id }),
    onchange: (event) => {
      chosen[event.target.checked ? 'add' : 'delete'](item.id);
      name();
    },
  });
  name();
  return { button: control, mark };
}

function columnsFor(mark) {
  return [
    mark && { title: h('span.visually-hidden', {}, t('collect.choose_column')), cell: mark },
    { title: t('column.received'), cell: (row) => timeText(row.received_at), csv: (row) => row.received_at },
    { title: t('column.source'), cell: (row) => row.source, csv: (row) => row.source },
    {
      title: t('column.reason'), isHeader: true, csv: (row) => row.reason,
      cell: (row) => h('span', { title: row.reason }, wordFor('quarantine', row.reason)),
    },
    { title: t('column.detail'), isWide: true, cell: detailCell, csv: (row) => row.detail },
    {
      title: t('column.state'), csv: (row) => row.replayed_at,
      cell: (row) => (row.replayed_at ? badge(t('collect.taken'), 'good', 'check') : badge(t('collect.waiting'))),
    },
  ].filter(Boolean);
}

function detailCell(row) {
  return h('details.body-details', {}, h('summary', {}, row.detail), h('pre', { tabindex: '0' }, pretty(row.body)));
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
