// Files on the server's machine that are read as they grow.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { decimal, exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { may } from '../core/session.js';
import { badge, button, checkbox, field, input, select, textArea } from '../ui/controls.js';
import { confirmAction, openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { asking, emptyState, errorState, note } from '../ui/states.js';
import { table } from '../ui/table.js';
import { trialBox } from './mapping_trial.js';

const LOOK_EVERY_MS = 2000;
const PAGE_VIEWS = {
  records: [{
    fields: {
      name: { const: 'page_view' }, person: 'cookie.uid', time: 'time', channel: { const: 'web' },
      subject: { match: 'path', patterns: { '/product/{id}': 'product:{id}' }, else: { template: 'page:{path}' } },
      properties: { status: 'status', referrer: 'http_referer' },
    },
  }],
};
const JSON_EVENTS = { records: [{ fields: { person: 'user_id', name: 'event', time: 'time' } }] };

export function logsView() {
  const problem = h('div', { role: 'status' });
  let timer = null;
  const place = asking(({ logs }) => {
    clearTimeout(timer);
    timer = setTimeout(load, LOOK_EVERY_MS);
    return list(logs, load, problem);
  }, { lines: 4 });
  const load = () => place.ask((signal) => api.get('/logs', {}, signal));
  load();
  const add = button({ text: t('logs.add'), sign: 'plus', onclick: () => editLog(null, load) });
  const tools = may('operate') ? [add] : [];
  const element = panel(t('logs.title'), [problem, place.element], { tools, isFlush: true, hint: t('logs.hint') });
  const leave = () => {
    clearTimeout(timer);
    place.stop();
  };
  return { element, leave };
}

function list(logs, load, problem) {
  if (logs.length === 0) return emptyState({ title: t('logs.none_title'), text: t('logs.none_text') });
  const columns = [
    { title: t('column.source'), isHeader: true, cell: (row) => row.source },
    { title: t('logs.files'), isWide: true, cell: (row) => h('code.id', {}, row.pattern) },
    { title: t('column.state'), cell: stateCell },
    { title: t('logs.lag'), isNumber: true, cell: (row) => exact(row.lag_bytes) },
    { title: t('logs.rate'), isNumber: true, cell: (row) => decimal(row.lines_per_second, 1) },
    ...['lines', 'accepted', 'quarantined', 'skipped'].map(
      (name) => ({ title: t(`logs.${name}`), isNumber: true, cell: (row) => exact(row.totals[name]) })
    ),
    {
      title: h('span.visually-hidden', {}, t('column.actions')), isNumber: true,
      cell: (row) => may('operate') && actions(row, load, problem),
    },
  ];
  return table(t('logs.title'), columns, logs);
}

function stateCell(row) {
  if (!row.enabled) return badge(t('sources.off'));
  if (row.failure) return h('div', {}, badge(t('sources.trouble'), 'bad', 'alert'), h('p.soft', {}, row.failure));
  const places = row.files.map((file) => `${file.path} ${exact(file.offset)} / ${exact(file.bytes)}`);
  return h('span', { title: places.join('\n') }, badge(t('logs.following'), 'good', 'check'));
}

function actions(log, load, problem) {
  const remove = async () => {
    const texts = {
      title: t('logs.remove_title', { name: log.source }), text: t('logs.remove_text'), action: t('sources.remove'),
    };
    if (!(await confirmAction(texts))) return;
    try {
      await api.remove(`/logs/${log.id}`);
      replace(problem);
      load();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  return h('div.cluster', {},
    button({ text: t('sources.edit'), kind: 'quiet', onclick: () => editLog(log, load) }),
    button({ text: t('sources.remove'), kind: 'quiet', onclick: remove }));
}

function editLog(log, load) {
  const pattern = input({ required: true, value: log?.pattern ?? '/var/log/nginx/access.log' });
  const source = input({ required: true, maxlength: 64, value: log?.source ?? '' });
  const format = select(['nginx', 'json'].map((one) => [one, t(`logs.format_${one}`)]), log?.format ?? 'nginx');
  const lineFormat = textArea({ rows: 3, value: log?.line_format ?? '' });
  const mapping = textArea({ rows: 12, required: true, value: JSON.stringify(log?.mapping ?? PAGE_VIEWS, null, 2) });
  const beginning = select(['end', 'start'].map((one) => [one, t(`logs.from_${one}`)]), log?.beginning ?? 'end');
  const skip = checkbox(t('logs.skip_anonymous'), log?.skip_anonymous ?? true);
  const enabled = checkbox(t('sources.enabled'), log?.enabled ?? true);
  const problem = h('div', { role: 'status' });
  format.addEventListener('change', () => {
    lineFormat.closest('.field').hidden = format.value === 'json';
    if (!log) mapping.value = JSON.stringify(format.value === 'json' ? JSON_EVENTS : PAGE_VIEWS, null, 2);
  });
  const common = () => ({
    format: format.value, line_format: lineFormat.value, mapping: JSON.parse(mapping.value),
    skip_anonymous: skip.box.checked,
  });
  const submit = async (event) => {
    event.preventDefault();
    try {
      const body = {
        ...common(), pattern: pattern.value.trim(), source: source.value.trim(), beginning: beginning.value,
        enabled: enabled.box.checked,
      };
      await (log ? api.put(`/logs/${log.id}`, body) : api.post('/logs', body));
      dialog.close();
      load();
    } catch (error) {
      replace(problem, error instanceof SyntaxError ? note(t('import.no_json'), 'bad') : errorState(error));
    }
  };
  const trial = trialBox(t('logs.trial'), (lines) => api.post('/log-trial', { ...common(), lines }));
  const content = h('form.stack-small', { id: 'edit-log', onsubmit: submit },
    field(t('logs.files'), pattern, t('logs.files_hint')), field(t('column.source'), source, t('logs.source_hint')),
    field(t('import.format'), format), field(t('logs.line_format'), lineFormat, t('logs.line_format_hint')),
    field(t('import.mapping'), mapping, t('sources.mapping_hint')), field(t('logs.from'), beginning),
    skip.element, enabled.element, trial, problem);
  const title = log ? t('logs.edit_title', { name: log.source }) : t('logs.add');
  const dialog = openDialog(title, [content], [
    button({ text: t('sources.save'), kind: 'primary', type: 'submit', form: 'edit-log' }),
  ]);
  dialog.classList.add('is-wide');
  lineFormat.closest('.field').hidden = format.value === 'json';
}
