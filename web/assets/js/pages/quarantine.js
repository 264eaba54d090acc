// What was set aside on the way in, why, and trying it again.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { may } from '../core/session.js';
import { badge } from '../ui/controls.js';
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
    const place = asking((answer) => draw(answer, { chosen, result, again }), { lines: 8 });
    const update = (changed) => {
      now = changed;
      const question = { reason: now.get('reason'), cursor: now.get('cursor'), limit: PAGE_ROWS };
      chosen.clear();
      place.ask(async (signal) => ({ question, ...await api.get('/quarantine', question, signal) }));
    };
    update(query);
    const body = h('div.stack', {}, result, place.element);
    const head = pageHead(t('nav.quarantine'), t('quarantine_page.lead'));
    return { element: h('div', {}, head, body), update, leave: place.stop };
  },
};

function draw(answer, replaying) {
  const { items, by_reason: byReason, question } = answer;
  const reasons = Object.entries(byReason).sort((one, other) => other[1] - one[1]);
  const count = reasons.reduce((sum, [, one]) => sum + one, 0);
  if (count === 0) {
    return panel(
      t('collect.quarantine'), emptyState({ title: t('collect.clean_title'), text: t('collect.clean_text') })
    );
  }
  const chips = [chip(null, count, question), ...reasons.map(([reason, one]) => chip(reason, one, question))];
  const replay = may('operate') && replayTools(items, replaying);
  const columns = columnsFor(replay?.mark);
  const written = [...columns, { title: t('column.body'), csv: (row) => row.body }];
  const pages = pager({
    firstHref: question.cursor && withQuery({ cursor: null }),
    nextHref: answer.next && withQuery({ cursor: answer.next }),
  });
  const title = t('collect.quarantine');
  return panel(title, [
    h('div.chips', { role: 'group', 'aria-label': t('column.reason') }, ...chips), table(title, columns, items), pages,
  ], {
    tools: [replay?.button, csvButton('quarantine', written, items)], isFlush: true, hint: t('collect.quarantine_hint'),
  });
}

function chip(reason, count, question) {
  const isChosen = (question.reason ?? null) === reason;
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
  control.addEventListener('click', async () => {
    control.disabled = true;
    try {
      const { accepted, duplicate, quarantined } = await api.post('/quarantine/replay', { ids: ids() });
      const text = t('collect.replayed', { accepted, duplicate, quarantined });
      replace(result, note(text, quarantined > 0 ? 'watch' : 'plain'));
      again();
    } catch (error) {
      replace(result, errorState(error));
      control.disabled = false;
    }
  });
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
