// Tables: the upload of a file, and what became of those before it.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { navigate, withQuery } from '../core/router.js';
import { may } from '../core/session.js';
import { badge, button, field, select } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { asking, emptyState, errorState } from '../ui/states.js';
import { pager, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';

const PIECE_BYTES = 4 << 20;
const PAGE_ROWS = 20;
const FORMAT_NAMES = ['csv', 'ndjson', 'parquet'];
const FORMATS = { csv: 'csv', ndjson: 'ndjson', jsonl: 'ndjson', parquet: 'parquet' };
const TONES = { done: 'good', failed: 'bad', paused: 'watch', ready: 'watch' };

export function tablesView(query) {
  const cursor = query.get('cursor');
  const place = asking((answer) => jobsPanel(answer, cursor), { lines: 4 });
  const sending = new AbortController();
  place.ask((signal) => api.get('/imports', { limit: PAGE_ROWS, cursor }, signal));
  const leave = () => {
    place.stop();
    sending.abort();
  };
  return { element: h('div.stack', {}, may('operate') && uploadPanel(sending.signal), place.element), leave };
}

export function stateBadge(state) {
  return badge(t(`import_state.${state}`), TONES[state] ?? 'plain', state === 'done' ? 'check' : null);
}

function uploadPanel(signal) {
  const file = h('input.input', { type: 'file', accept: '.csv,.ndjson,.jsonl,.parquet', required: true });
  const format = select(
    ['', ...FORMAT_NAMES].map((one) => [one, one ? t(`import_format.${one}`) : t('import.format_by_name')]), ''
  );
  const result = h('div', { role: 'status' });
  const send = button({ text: t('import.upload'), kind: 'primary', type: 'submit' });
  const submit = async (event) => {
    event.preventDefault();
    const chosen = file.files[0];
    if (!chosen) return;
    const kind = format.value || FORMATS[chosen.name.split('.').at(-1).toLowerCase()];
    if (!kind) {
      replace(result, h('p.bad', {}, t('import.format_unknown')));
      format.focus();
      return;
    }
    send.disabled = true;
    try {
      const about = { file_name: chosen.name.slice(-80), format: kind, bytes: chosen.size };
      const job = await api.post('/imports', about, signal);
      await upload(job.id, chosen, result, signal);
      navigate(`/import/${job.id}`);
    } catch (error) {
      if (error.name === 'AbortError') return;
      replace(result, errorState(error));
    } finally {
      send.disabled = false;
    }
  };
  const form = h('form.stack-small', { onsubmit: submit },
    h('div.field-row', {}, field(t('import.file'), file), field(t('import.format'), format), send), result);
  return panel(t('import.upload_title'), form, { hint: t('import.upload_hint') });
}

/** Piece by piece, so that no piece is larger than a request may be. */
async function upload(id, file, result, signal) {
  const bar = h('progress', { max: file.size, value: 0, 'aria-label': t('import.uploading') });
  const words = h('span.soft', {}, t('import.uploading'));
  replace(result, h('div.cluster', {}, bar, words));
  for (let offset = 0; offset < file.size; offset += PIECE_BYTES) {
    const piece = file.slice(offset, offset + PIECE_BYTES);
    await api.putBytes(`/imports/${id}/content`, { offset }, piece, signal);
    bar.value = offset + piece.size;
    replace(words, percent(bar.value / file.size));
  }
}

function jobsPanel({ imports, next }, cursor) {
  const title = t('import.jobs');
  if (imports.length === 0) {
    return panel(title, emptyState({ title: t('import.none_title'), text: t('import.none_text') }));
  }
  const count = (name) => ({
    title: t(`import.${name}`), isNumber: true, cell: (row) => exact(row[name]), csv: (row) => row[name],
  });
  const columns = [
    {
      title: t('import.file'), isHeader: true,
      cell: (row) => h('a.link.id', { href: `/import/${row.id}` }, row.file_name),
    },
    { title: t('column.state'), cell: (row) => stateBadge(row.state) },
    { title: t('column.source'), cell: (row) => row.source || '–' },
    count('accepted'), count('duplicate'), count('refused'),
    { title: t('column.created'), cell: (row) => timeText(row.created_at) },
  ];
  const pages = pager({
    firstHref: cursor && withQuery({ cursor: null }), nextHref: next && withQuery({ cursor: next }),
  });
  return panel(title, [table(title, columns, imports), pages], { isFlush: true });
}
