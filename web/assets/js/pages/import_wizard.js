// The steps from a table to events: what each column is, what that makes of the rows, and the start.

import { api } from '../core/api.js';
import { debounce, h, replace } from '../core/dom.js';
import { exact, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { session } from '../core/session.js';
import { badge, button, field, input, select, textArea } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { asking, errorState, note } from '../ui/states.js';
import { table } from '../ui/table.js';

const EVENT_ROLES = [
  'event_id', 'person', 'unionid', 'openid', 'phone', 'email', 'phone_hash', 'email_hash', 'device', 'anonymous',
  'name', 'time', 'channel', 'order', 'product', 'room', 'coupon', 'campaign', 'amount', 'amount_minor', 'currency',
  'decision', 'property', 'leave_out',
];
const ROLES = {
  events: EVENT_ROLES,
  orders: [
    'order', 'person', 'unionid', 'openid', 'phone', 'email', 'phone_hash', 'email_hash', 'device', 'anonymous',
    'status', 'amount', 'paid', 'refunded', 'currency', 'created_at', 'paid_at', 'shipped_at', 'completed_at',
    'cancelled_at', 'refunded_at', 'product', 'quantity', 'channel', 'property', 'leave_out',
  ],
  catalog: ['product', 'room', 'coupon', 'title', 'category', 'brand', 'leave_out'],
  campaigns: ['campaign', 'title', 'kind', 'start', 'end', 'leave_out'],
};
const SURE = 0.8;

export function wizard(job, path, onStarted) {
  const name = job.file_name.replace(/\.[^.]*$/, '').slice(0, 20).trim();
  const choices = { source: name || 'import', currency: session().currency };
  const steps = {
    columns: asking((answer) => columnsPanel(answer, change), { lines: 8 }),
    preview: asking(previewPanel, { lines: 6 }),
  };
  const mapping = textArea({ rows: 14, 'aria-label': t('import.mapping') });
  const guess = () => steps.columns.ask(async (signal) => {
    const answer = await api.post(`${path}/guess`, choices, signal);
    mapping.value = JSON.stringify(answer.guess.mapping, null, 2);
    preview();
    return answer;
  });
  const read = () => JSON.parse(mapping.value);
  const preview = () => steps.preview.ask((signal) => api.post(`${path}/preview`, { mapping: parsed(read) }, signal));
  const change = (given) => {
    Object.assign(choices, given);
    guess();
  };
  mapping.addEventListener('input', debounce(600, preview));
  guess();
  return h('div.stack', {}, targetPanel(choices, change), steps.columns.element,
    mappingPanel(mapping, preview), steps.preview.element, startPanel(path, read, onStarted));
}

/** What is no JSON is refused by the server in its own words. */
function parsed(read) {
  try {
    return read();
  } catch {
    return {};
  }
}

function targetPanel(choices, change) {
  const given = (name, control) => {
    control.addEventListener('change', () => change({ [name]: control.value.trim() || null }));
    return control;
  };
  const into = select(
    [['', t('import.into_guessed')], ...Object.keys(ROLES).map((one) => [one, t(`import_into.${one}`)])], ''
  );
  const zones = ['+08:00', 'Z', '+09:00', '+01:00', '-05:00', '-08:00'].map((one) => [one, one === 'Z' ? 'UTC' : one]);
  return panel(t('import.target'), h('div.field-grid', {},
    field(t('import.into'), given('into', into)),
    field(
      t('column.source'), given('source', input({ value: choices.source, maxlength: 64 })), t('import.source_hint')
    ),
    field(t('import.event_name'), given('event_name', input({ maxlength: 100 })), t('import.event_name_hint')),
    field(t('column.channel'), given('channel', input({ maxlength: 60 })), t('import.channel_hint')),
    field(t('column.currency'), given('currency', input({ value: choices.currency, maxlength: 3 }))),
    field(t('settings.zone'), given('zone', select(zones, '+08:00')), t('import.zone_hint'))));
}

function columnsPanel({ guess, refused, rows }, change) {
  const columns = [
    { title: t('import.column'), isHeader: true, cell: (row) => h('span.id', {}, row.name) },
    { title: t('import.type'), cell: (row) => typeWords(row) },
    { title: t('column.role'), cell: (row) => roleSelect(row, guess, change) },
    { title: t('import.sure'), cell: (row) => sureBadge(row) },
    { title: t('column.why'), isWide: true, cell: (row) => h('span.soft', {}, reasonWords(row)) },
    { title: t('import.samples'), isWide: true, cell: (row) => h('span.clip.soft', {}, row.samples.join(' · ')) },
  ];
  const title = t('import.columns');
  const hint = t('import.columns_hint', { count: rows, into: t(`import_into.${guess.into}`) });
  return panel(title, [
    table(title, columns, guess.columns),
    refused.length > 0 && h('div.panel-pad', {}, badRows(refused)),
  ], { isFlush: true, hint });
}

function reasonWords({ reason_code: code, reason_word: word }) {
  return t(`import_reason.${code}`, { word: code === 'mismatch' ? t(`import_role.${word}`) : word });
}

function typeWords({ type, form }) {
  return form ? t('import.type_form', { type: t(`import_type.${type}`), form: t(`import_form.${form}`) })
    : t(`import_type.${type}`);
}

function roleSelect(row, guess, change) {
  const pairs = ROLES[guess.into].map((one) => [one, t(`import_role.${one}`)]);
  const choose = (event) => {
    const columns = guess.columns.map(({ name, role }) => ({ name, role }));
    columns.push({ name: row.name, role: event.target.value });
    change({ columns, into: guess.into });
  };
  return select(pairs, row.role, { 'aria-label': t('import.role_of', { column: row.name }), onchange: choose });
}

function sureBadge({ confidence }) {
  return confidence >= SURE ? badge(percent(confidence), 'good', 'check') : badge(percent(confidence), 'watch');
}

function badRows(rows) {
  const line = (row) => t('import.bad_row', { row: row.row, reason: wordFor('quarantine', row.reason) });
  return note(h('div', {}, h('p', {}, t('import.unreadable', { count: rows.length })),
    h('ul', {}, ...rows.map((row) => h('li', {}, line(row), ' ', row.detail)))), 'watch');
}

function mappingPanel(mapping, preview) {
  const place = asking(({ mappings }) => savedMappings(mappings, mapping, load, preview), { lines: 1 });
  const load = () => place.ask((signal) => api.get('/mappings', {}, signal));
  load();
  return panel(t('import.mapping'), h('details', {}, h('summary', {}, t('import.mapping_open')),
    h('div.stack-small', {}, mapping, place.element)), { hint: t('import.mapping_hint') });
}

/** Takes a saved mapping into the field, and keeps the field's under a name. */
export function savedMappings(saved, mapping, load, onTaken) {
  const result = h('div', { role: 'status' });
  const name = input({ maxlength: 64, pattern: '[A-Za-z0-9._\\-]+', required: true });
  const keep = async (event) => {
    event.preventDefault();
    try {
      await api.put(`/mappings/${encodeURIComponent(name.value)}`, { mapping: JSON.parse(mapping.value) });
      load();
    } catch (error) {
      replace(result, error instanceof SyntaxError ? note(t('import.no_json'), 'bad') : errorState(error));
    }
  };
  const take = (event) => {
    const one = saved.find((candidate) => candidate.name === event.target.value);
    if (!one) return;
    mapping.value = JSON.stringify(one.mapping, null, 2);
    onTaken();
  };
  const pairs = [['', t('import.saved_choose')], ...saved.map((one) => [one.name, one.name])];
  return h('form.stack-small', { onsubmit: keep }, h('div.field-row', {},
    saved.length > 0 && field(t('import.saved'), select(pairs, '', { onchange: take })),
    field(t('import.save_as'), name), button({ text: t('import.save'), type: 'submit' })), result);
}

function previewPanel({ records, taken, refused, place }) {
  const columns = [
    { title: t(`import.place_${place}`), isNumber: true, cell: (row) => exact(row.row) },
    {
      title: t('column.state'),
      cell: (row) => (row.status === 'accepted' ? badge(t('import.taken'), 'good', 'check')
        : badge(wordFor('quarantine', row.reason), 'bad', 'alert')),
    },
    { title: t('import.record'), cell: recordCell },
  ];
  const title = t('import.preview');
  return panel(title, table(title, columns, records), {
    isFlush: true, hint: t('import.preview_hint', { taken: exact(taken), refused: exact(refused) }),
  });
}

function recordCell(row) {
  const text = typeof row.record === 'string' ? row.record : JSON.stringify(row.record);
  return h('div.record', {}, row.detail && h('p', {}, row.detail), h('code.id', {}, text));
}

function startPanel(path, read, onStarted) {
  const result = h('div', { role: 'status' });
  const start = button({ text: t('import.start'), kind: 'primary', onclick: async () => {
    start.disabled = true;
    try {
      await api.post(`${path}/start`, { mapping: read() });
      onStarted();
    } catch (error) {
      replace(result, error instanceof SyntaxError ? note(t('import.no_json'), 'bad') : errorState(error));
      start.disabled = false;
    }
  } });
  return panel(t('import.start_title'), h('div.stack-small', {}, h('p.soft', {}, t('import.start_hint')),
    h('div.cluster', {}, start), result));
}
