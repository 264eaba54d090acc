// What can be offered: rooms, shows, products, coupons, creatives, found by their words.

import { api } from '../core/api.js';
import { debounce, h } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { amountText } from '../core/money.js';
import { setQuery, withQuery } from '../core/router.js';
import { badge, copyBlock, input } from '../ui/controls.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { money } from './orders_parts.js';

const PAGE_ROWS = 50;
const EXAMPLE = 'quanyu import --data DIR --file products.csv --map catalogue.json';

export default {
  title: () => t('nav.catalogue'),
  show({ query }) {
    const box = input({
      type: 'search', value: query.get('query') ?? '', 'aria-label': t('catalogue.search'),
      placeholder: t('catalogue.search'),
    });
    box.addEventListener('input', debounce(200, () => (
      setQuery({ query: box.value.trim(), cursor: null }, { isReplacing: true }))));
    const place = asking(draw, { lines: 10 });
    const update = (now) => {
      if (document.activeElement !== box) box.value = now.get('query') ?? '';
      const question = {
        query: now.get('query'), kind: now.get('kind'), cursor: now.get('cursor'), limit: PAGE_ROWS,
      };
      place.ask(async (signal) => ({ question, ...await api.get('/catalogue', question, signal) }));
    };
    update(query);
    const head = pageHead(t('nav.catalogue'), t('catalogue.lead'));
    return { element: h('div', {}, head, h('search.search-row', {}, box), place.element), update, leave: place.stop };
  },
};

function draw({ items, next, by_kind: byKind, question }) {
  const kinds = Object.entries(byKind);
  if (kinds.length === 0) {
    return emptyState({ title: t('catalogue.empty_title'), text: t('catalogue.empty_text'), next: copyBlock(EXAMPLE) });
  }
  const all = kinds.reduce((sum, [, count]) => sum + count, 0);
  const chips = h('div.chips', { role: 'group', 'aria-label': t('column.kind') },
    chip(null, all, question), ...kinds.map(([kind, count]) => chip(kind, count, question)));
  const columns = columnsFor();
  const title = t('catalogue.list');
  const pages = pager({
    firstHref: question.cursor && withQuery({ cursor: null }), nextHref: next && withQuery({ cursor: next }),
  });
  const found = items.length > 0 ? table(title, columns, items)
    : emptyState({ title: t('catalogue.none_title'), text: t('catalogue.none_text'), next: null });
  return panel(title, [chips, found, pages], { tools: [csvButton('catalogue', columns, items)], isFlush: true });
}

function chip(kind, count, question) {
  const isChosen = (question.kind ?? null) === kind;
  return h('a.chip', { href: withQuery({ kind, cursor: null }), 'aria-current': isChosen ? 'true' : null },
    kind ? t(`kind.${kind}`) : t('catalogue.all_kinds'), h('span.faint', {}, exact(count)));
}

function columnsFor() {
  const text = (name, title) => ({ title, cell: (row) => row[name], csv: (row) => row[name] });
  return [
    { title: t('catalogue.title'), isHeader: true, isWide: true, cell: titleCell, csv: (row) => row.title },
    { title: t('column.kind'), cell: (row) => t(`kind.${row.kind}`), csv: (row) => row.kind },
    { title: t('column.subject'), cell: (row) => h('code.small', {}, row.subject), csv: (row) => row.subject },
    text('category', t('catalogue.category')),
    text('brand', t('catalogue.brand')),
    {
      title: t('catalogue.price'), isNumber: true, cell: (row) => money(row.price),
      csv: (row) => (row.price ? amountText(row.price) : ''),
    },
    { title: t('column.currency'), csv: (row) => row.price?.currency ?? '' },
    {
      title: t('catalogue.stock'), isNumber: true, cell: (row) => (row.stock === null ? '–' : exact(row.stock)),
      csv: (row) => row.stock,
    },
    { title: t('catalogue.updated'), cell: (row) => timeText(row.updated_at), csv: (row) => row.updated_at },
  ];
}

function titleCell(row) {
  const link = h('a.link', { href: `/catalogue/${encodeURIComponent(row.subject)}` }, row.title);
  return row.discontinued_at ? h('span.cluster', {}, link, badge(t('catalogue.discontinued'), 'plain')) : link;
}
