// What comes in just now, newest first, with filters and a pause.

import { debounce, h, replace } from '../core/dom.js';
import { clock, exact } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { follow } from '../core/live.js';
import { input } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { table } from '../ui/table.js';
import { eventName, personLink, subjectText } from '../ui/words.js';

const ROWS_MAX = 200;
const FILTERS = ['source', 'name', 'person'];

/** Watches from the moment somebody asks for it: a stream costs the server a little for as long as it is open. */
export function sourceTail(source) {
  const filter = { source: source ?? '', name: '', person: '', refused: false };
  const shown = h('div.tail', {}, h('p.soft.panel-note', {}, t('tail.hint')));
  const state = h('span.soft.small.tail-state', { role: 'status' });
  let rows = [];
  let missed = 0;
  let stop = null;
  const draw = () => {
    const some = missed > 0 && h('p.soft.panel-note', {}, t('tail.missed', { count: exact(missed) }));
    const none = rows.length === 0 && h('p.soft.panel-note', {}, t('tail.none'));
    replace(shown, some, none || table(t('tail.title'), COLUMNS, rows));
  };
  const take = (message) => {
    missed += message.left_out + message.unread;
    rows = [...message.rows.reverse(), ...rows].slice(0, ROWS_MAX);
    draw();
  };
  const begin = () => {
    const given = Object.entries(filter).filter(([, value]) => value);
    rows = [];
    missed = 0;
    draw();
    const address = `/api/v1/tail?${new URLSearchParams(given)}`;
    stop = follow(address, 'rows', take, (name) => replace(state, t(`tail.${name}`)));
  };
  const end = () => {
    stop?.();
    stop = null;
    replace(state);
  };
  const label = h('span');
  const toggle = h('button.button.is-plain', { type: 'button', onclick: () => {
    if (stop) end(); else begin();
    name();
  } }, label);
  const name = () => replace(label, t(stop ? 'tail.pause' : 'tail.watch'));
  const changed = () => {
    if (!stop) return;
    end();
    begin();
  };
  name();
  const element = panel(t('tail.title'), h('div', {}, filters(filter, changed), shown), {
    tools: [state, toggle], isFlush: true,
  });
  return { element, stop: end };
}

function filters(filter, changed) {
  const soon = debounce(400, changed);
  const fields = FILTERS.map((name) => input({
    type: 'search', value: filter[name], placeholder: t(`tail.filter_${name}`), 'aria-label': t(`tail.filter_${name}`),
    oninput: (event) => {
      filter[name] = event.target.value.trim();
      soon();
    },
  }));
  const refused = h('label.check-label', {}, h('input.check', {
    type: 'checkbox',
    onchange: (event) => {
      filter.refused = event.target.checked;
      changed();
    },
  }), t('tail.filter_refused'));
  return h('search.filter-row', {}, ...fields, refused);
}

const COLUMNS = [
  { get title() { return t('column.received'); }, cell: (row) => h('span.nowrap', {}, clock(row.received_at)) },
  { get title() { return t('column.source'); }, cell: (row) => row.source },
  {
    get title() { return t('column.event'); }, isHeader: true,
    cell: (row) => (row.reason
      ? h('a.link', { href: `/quarantine?reason=${encodeURIComponent(row.reason)}` },
        t('tail.refused', { reason: wordFor('quarantine', row.reason) }))
      : eventName(row.name)),
  },
  { get title() { return t('column.person'); }, cell: (row) => (row.person ? personLink(row.person) : '–') },
  { get title() { return t('column.subject'); }, cell: (row) => (row.subject ? subjectText(row.subject) : '') },
  {
    get title() { return t('column.detail'); }, isWide: true,
    cell: (row) => h('details.body-details', {},
      h('summary', {}, row.receipt ?? row.id), h('pre', { tabindex: '0' }, JSON.stringify(row, null, 2))),
  },
];
