// Who sends, how it fares, what comes in just now, and how to send.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { bytesText, compact, exact, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { setQuery, withQuery } from '../core/router.js';
import { may } from '../core/session.js';
import { badge, button, copyBlock, field, segmented, select, withTitle } from '../ui/controls.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { addToken } from './settings_tokens.js';
import { snippets } from './snippets.js';
import { elements, sourceDetail } from './source_detail.js';
import { douyinSecrets } from './source_douyin.js';
import { sourceTail } from './source_tail.js';

const HOUR_MS = 3_600_000;
const SPANS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '28d': 672 * HOUR_MS };
const REFRESH_MS = 15_000;

export default {
  title: () => t('nav.collect'),
  show({ query }) {
    let now = query;
    const again = () => update(now);
    const place = asking((answer) => draw(answer, again), { lines: 6 });
    const update = (changed) => {
      now = changed;
      place.ask((signal) => load(changed, signal));
    };
    const tail = sourceTail(query.get('source'));
    const timer = setInterval(() => {
      const isBeingRead = document.hidden || place.element.contains(document.activeElement);
      if (!isBeingRead && !document.querySelector('dialog[open]')) again();
    }, REFRESH_MS);
    update(query);
    const add = may('administer') && button({
      text: t('sources.new_key'), sign: 'plus', kind: 'primary', onclick: () => addToken(again),
    });
    const head = pageHead(t('nav.collect'), t('sources.lead'), ...[add].filter(Boolean));
    const body = h('div.stack', {}, place.element, tail.element, sendPanel());
    const leave = () => {
      clearInterval(timer);
      tail.stop();
      place.stop();
    };
    return { element: h('div', {}, head, body), update, leave };
  },
};

async function load(query, signal) {
  const span = query.get('span') in SPANS ? query.get('span') : '24h';
  const to = Date.now();
  const range = { from: new Date(to - SPANS[span]).toISOString(), to: new Date(to).toISOString() };
  const name = query.get('source');
  const [all, one] = await Promise.all([
    api.get('/sources', range, signal),
    name && api.get(`/sources/${encodeURIComponent(name)}`, range, signal).catch((error) => {
      if (error.status === 404) return null;
      throw error;
    }),
  ]);
  const { sources, standard_limits: standard, douyin_secrets: signed, metric } = all;
  return { span, sources, standard, signed, one, metric };
}

function draw({ span, sources, standard, signed, one, metric }, again) {
  const secrets = may('administer') && douyinSecrets(signed, again);
  if (sources.length === 0) {
    const text = may('administer') ? t('sources.empty_text') : t('collect.key_other');
    return h('div.stack', {}, emptyState({ title: t('sources.empty_title'), text }), secrets);
  }
  const columns = columnsFor(one?.source);
  const choose = segmented(
    t('sources.span'), Object.keys(SPANS).map((name) => [name, t(`sources.span_${name}`)]), span,
    (name) => setQuery({ span: name === '24h' ? null : name }, { isReplacing: true })
  );
  const title = t('sources.title');
  const list = panel(
    title, table(title, columns, sources),
    { tools: [choose, csvButton('sources', columns, sources)], isFlush: true, hint: t('sources.hint'), metric }
  );
  return h('div.stack', {}, list, one && sourceDetail(one, { standard, span, again }), secrets);
}

function columnsFor(chosen) {
  const count = (name) => ({
    title: t(`sources.${name}`), isNumber: true, csv: (row) => row[name],
    cell: (row) => withTitle(compact(row[name]), exact(row[name])),
  });
  return [
    {
      title: t('column.source'), isHeader: true, csv: (row) => row.source,
      cell: (row) => h('a.link', {
        href: withQuery({ source: row.source === chosen ? null : row.source }),
        'aria-current': row.source === chosen ? 'true' : null,
      }, row.source),
    },
    { title: t('column.state'), cell: stateBadge, csv: (row) => stateOf(row) },
    count('accepted'),
    count('duplicate'),
    { ...count('quarantined'), title: t('sources.refused'), cell: quarantinedCell },
    { title: t('sources.rejected'), csv: (row) => row.rejected },
    { title: t('sources.bytes'), isNumber: true, cell: (row) => bytesText(row.bytes), csv: (row) => row.bytes },
    { title: t('sources.complete'), isNumber: true, cell: completeCell, csv: (row) => row.completeness[0]?.share },
    {
      title: t('sources.formats'), isWide: true, csv: (row) => row.formats.map((one) => one.format).join(' '),
      cell: (row) => row.formats.map((one) => wordFor('format', one.format)).join(', '),
    },
    { title: t('sources.last'), cell: (row) => timeText(row.last_received_at), csv: (row) => row.last_received_at },
  ];
}

function quarantinedCell(row) {
  const refused = row.quarantined + row.rejected;
  if (refused === 0) return '0';
  const words = t('sources.refused_title', { quarantined: exact(row.quarantined), rejected: exact(row.rejected) });
  return withTitle(`${compact(refused)} · ${percent(refused / elements(row))}`, words);
}

function completeCell({ completeness: [best] }) {
  if (!best) return h('span', { title: t('sources.complete_none') }, '–');
  const words = { low: percent(best.low), high: percent(best.high), method: t(`sources.by_${best.method}`) };
  return h('span', { title: t('sources.complete_title', words) }, percent(best.share));
}

/** What needs a look: nothing but errors, a few errors, silence, or all well. */
function stateOf(row) {
  const all = elements(row);
  const refused = row.quarantined + row.rejected;
  if (all === 0) return 'silent';
  if (refused === all) return 'failing';
  return refused > 0 ? 'partly' : 'flowing';
}

const TONES = { silent: 'plain', failing: 'bad', partly: 'watch', flowing: 'good' };

function stateBadge(row) {
  const state = stateOf(row);
  const sign = { failing: 'alert', partly: 'alert', flowing: 'check' }[state];
  return badge(t(`sources.state_${state}`), TONES[state], sign);
}

function sendPanel() {
  const all = snippets(location.origin);
  const shown = h('div');
  const show = (name) => replace(shown, copyBlock(new Map(all).get(name)));
  const choice = select(all.map(([name]) => [name, wordFor('format', name)]), 'web', {
    onchange: (event) => show(event.target.value),
  });
  show('web');
  const key = may('administer')
    ? h('p.soft', {}, t('collect.key_admin'), ' ', h('a.link', { href: '/settings' }, t('collect.key_open')))
    : h('p.soft', {}, t('collect.key_other'));
  const body = h('div.stack-small', {}, field(t('sources.client'), choice), shown, key);
  return panel(t('collect.how'), body, { hint: t('sources.how_hint') });
}
