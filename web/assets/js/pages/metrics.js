// Every number of live commerce by one definition each; and what moved GMV.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { setQuery, withQuery } from '../core/router.js';
import { copyBlock, field, input } from '../ui/controls.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { tabs } from '../ui/tabs.js';
import { firstEventCommand } from './first_event.js';
import { driversView } from './metric_drivers.js';
import { changeText, intervalText, own, PARAMETER, parametersOf, valueText, writerOf } from './metric_words.js';

const VIEWS = { list: { load, draw }, drivers: driversView };

export default {
  title: () => t('nav.metrics'),
  show({ query }) {
    const place = asking(({ view, answer }) => view.draw(answer), { lines: 10 });
    const row = h('div');
    const update = (now) => {
      const name = VIEWS[now.get('view')] ? now.get('view') : 'list';
      row.replaceChildren(tabs(t('metrics.views'), Object.keys(VIEWS).map((one) => ({
        text: t(`metrics.view_${one}`), isCurrent: one === name,
        href: withQuery({ view: one === 'list' ? null : one, by: null }),
      }))));
      place.ask(async (signal) => ({ view: VIEWS[name], answer: await VIEWS[name].load(now, signal) }));
    };
    update(query);
    const body = h('div.stack', {}, row, place.element);
    return { element: h('div', {}, pageHead(t('nav.metrics'), t('metrics.lead')), body), update, leave: place.stop };
  },
};

async function load(query, signal) {
  const range = await currentRange(query);
  const parameters = parametersOf(query);
  const ask = (one) => api.ask('metrics', { parameters, ...asQuery(one) }, signal);
  const [{ metrics, uncountable }, now, before] = await Promise.all([
    api.get('/metrics', {}, signal), ask(range), range.comparison && ask(range.comparison),
  ]);
  const rows = metrics.map((definition, at) => ({
    definition, cell: now.values[at].total, before: before?.values[at].total,
    writer: writerOf({ unit: definition.unit, currency: now.currency }),
  }));
  return { rows, uncountable, range, query };
}

function draw({ rows, uncountable, range, query }) {
  if (!range.lastTime) {
    return emptyState({
      title: t('metrics.empty_title'), text: t('metrics.empty_text'), next: copyBlock(firstEventCommand()),
    });
  }
  const known = rows.filter(({ cell }) => cell.value !== null);
  const columns = listColumns(query);
  const title = t('metrics.view_list');
  return h('div.stack', {},
    h('p.result-sentence', {}, t('metrics.sentence', { known: known.length, all: rows.length })),
    panel(title, h('div.flush-table', {}, table(title, columns, rows)), {
      tools: [csvButton('metrics', columns, rows)], hint: t('metrics.hint'),
    }),
    marginPanel(query), uncountablePanel(uncountable));
}

/** What is asked for elsewhere and cannot be counted here yet: why, and what it takes. */
function uncountablePanel(rows) {
  const columns = [
    { title: t('metrics.metric'), isHeader: true, cell: (row) => own(row.name) },
    { title: t('metrics.reason'), isWide: true, cell: (row) => own(row.reason) },
    { title: t('metrics.needs'), isWide: true, cell: (row) => own(row.needs) },
  ];
  const title = t('metrics.uncountable', { count: rows.length });
  return h('details.details', {}, h('summary', {}, title), table(title, columns, rows));
}

const hrefOf = (id, query) => {
  const kept = new URLSearchParams(query);
  kept.delete('view');
  return `/metric/${id}${kept.size > 0 ? `?${kept}` : ''}`;
};

function listColumns(query) {
  return [
    {
      title: t('metrics.metric'), isHeader: true, csv: ({ definition }) => definition.id,
      cell: ({ definition }) => h('a.link', { href: hrefOf(definition.id, query) }, own(definition.name)),
    },
    {
      title: t('metrics.value'), isNumber: true, csv: ({ cell }) => cell.value,
      cell: ({ cell, writer }) => h('strong', {}, valueText(cell, writer.long)),
    },
    {
      title: t('metrics.interval'), isWide: true,
      cell: ({ cell, definition, writer }) => h('span.soft.small', {}, intervalText(cell, definition, writer.short)),
    },
    { title: t('funnel.low'), csv: ({ cell }) => cell.low }, { title: t('funnel.high'), csv: ({ cell }) => cell.high },
    {
      title: t('metrics.change'), isNumber: true, cell: ({ cell, before }) => changeText(cell, before),
      csv: ({ before }) => before?.value,
    },
    {
      title: t('metrics.version'), csv: ({ definition }) => definition.version,
      cell: ({ definition }) => h('span.faint.small.nowrap', { title: definition.hash }, `v${definition.version}`),
    },
  ];
}

function marginPanel(query) {
  const box = input({
    type: 'number', min: 0, max: 100, step: 0.1, value: query.get('gross_margin') ?? '', inputmode: 'decimal',
    onchange: ({ target }) => setQuery({ gross_margin: PARAMETER.test(target.value) ? target.value : null }),
  });
  return panel(t('metrics.given'), field(t('metrics.gross_margin'), box, t('metrics.gross_margin_hint')));
}
