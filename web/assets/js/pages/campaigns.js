// Campaigns beside one another: whom they reached, who redeemed, what was ordered meanwhile.

import { api } from '../core/api.js';
import { debounce, h } from '../core/dom.js';
import { compact, day, daySpan, exact, interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { setQuery } from '../core/router.js';
import { copyBlock, input, withTitle } from '../ui/controls.js';
import { moneyColumns } from '../ui/money_columns.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { whisker } from '../ui/whisker.js';

const EXAMPLE = '{"person": "ana", "name": "message_sent", "channel": "sms", "subject": "campaign:spring"}';

export default {
  title: () => t('nav.campaigns'),
  show({ query }) {
    let search = query.get('search') ?? '';
    let known = null;
    const place = asking((answer) => {
      known = answer;
      return draw(answer, search);
    }, { lines: 10 });
    const box = input({
      type: 'search', value: search, 'aria-label': t('campaigns.search'), placeholder: t('campaigns.search'),
    });
    box.addEventListener('input', debounce(150, () => setQuery({ search: box.value.trim() }, { isReplacing: true })));
    const update = (now) => {
      search = now.get('search') ?? '';
      if (document.activeElement !== box) box.value = search;
      place.ask((signal) => (known ? Promise.resolve(known) : api.get('/campaigns', {}, signal)));
    };
    update(query);
    const head = pageHead(t('nav.campaigns'), t('campaigns.lead'));
    return { element: h('div', {}, head, h('search.search-row', {}, box), place.element), update, leave: place.stop };
  },
};

function columnsFor(rows) {
  const known = rows.map((row) => row.redemption_rate).filter((rate) => rate.rate !== null);
  const scale = [0, Math.max(0.01, ...known.map((rate) => rate.high))];
  const count = (name, title) => (
    { title, isNumber: true, cell: (row) => withTitle(compact(row[name]), exact(row[name])), csv: (row) => row[name] });
  return [
    {
      title: t('column.campaign'), isHeader: true, csv: (row) => row.campaign,
      cell: (row) => h('span', { title: row.campaign }, row.title || row.campaign),
    },
    { title: t('column.kind'), cell: (row) => row.kind, csv: (row) => row.kind },
    { title: t('column.period'), cell: period, csv: (row) => `${row.start ?? ''}/${row.end ?? ''}` },
    count('targeted', t('campaigns.targeted')),
    count('redeemed', t('campaigns.redeemed')),
    count('redeemers', t('campaigns.redeemers')),
    {
      title: t('campaigns.rate'), isNumber: true, cell: (row) => rateCell(row.redemption_rate, scale),
      csv: (row) => row.redemption_rate.rate,
    },
    count('orders', t('figure.orders')),
    count('buyers', t('campaigns.buyers')),
    ...moneyColumns(t('figure.gmv'), rows, (row) => row.gmv),
  ];
}

function period({ start, end }) {
  if (!start) return t('campaigns.no_dates');
  return end ? daySpan(Date.parse(start), Date.parse(end)) : t('campaigns.open_end', { start: day(Date.parse(start)) });
}

function rateCell(rate, scale) {
  if (rate.rate === null) return '–';
  return h('span.rate-cell', { title: interval(rate) }, percent(rate.rate), h('span.faint.small', {}, interval(rate)),
    whisker({ value: rate.rate, ...rate }, scale));
}

function draw({ campaigns, metric }, search) {
  if (campaigns.length === 0) {
    return emptyState({ title: t('campaigns.empty_title'), text: t('campaigns.empty_text'), next: copyBlock(EXAMPLE) });
  }
  const low = search.toLowerCase();
  const rows = campaigns.filter((row) => `${row.campaign} ${row.title} ${row.kind}`.toLowerCase().includes(low));
  const columns = columnsFor(rows);
  const title = t('campaigns.count', { count: rows.length });
  return h('div.stack', {}, note(t('campaigns.not_lift')),
    panel(title, table(title, columns, rows), {
      tools: [csvButton('campaigns', columns, rows)], isFlush: true, metric,
    }));
}
