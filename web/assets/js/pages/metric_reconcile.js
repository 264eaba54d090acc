// The platform says one number, we say another: which reading of the words explains it.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { change, exactMoney } from '../core/format.js';
import { t } from '../core/i18n.js';
import { minorDigits } from '../core/money.js';
import { asQuery } from '../core/range.js';
import { setQuery } from '../core/router.js';
import { field, input } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { asking } from '../ui/states.js';
import { table } from '../ui/table.js';

const READINGS = ['gmv', 'gmv_created', 'net_sales'];

export function reconcilePanel(range, query) {
  const asked = Number(query.get('platform'));
  const said = query.get('platform') && Number.isFinite(asked) ? asked : null;
  const place = asking((values) => readings(values, said), { lines: 3 });
  const box = input({
    type: 'number', min: 0, step: 0.01, inputmode: 'decimal', value: said ?? '',
    onchange: ({ target }) => setQuery({ platform: target.value || null }),
  });
  place.ask((signal) => Promise.all([...READINGS.map((metric) => ({ metric, span: range })),
    { metric: 'gmv', span: hoursLater(range), reading: 'late' }].map(async ({ metric, span, reading }) => {
    const { total, currency } = await api.ask('metric', { metric, ...asQuery(span) }, signal);
    return { reading: reading ?? metric, value: total.value ?? 0, currency };
  })));
  return panel(t('metrics.reconcile'), h('div.stack', {},
    field(t('metrics.platform_says'), box, t('metrics.platform_hint')), place.element), {
    hint: t('metrics.reconcile_hint'),
    tools: [h('a.link', { href: '/orders?view=reconciliation' }, t('metrics.by_day'))],
  });
}

/** A day that ends at two in the morning, as shows do. */
const hoursLater = ({ from, to }) => ({ from: from + 7_200_000, to: to + 7_200_000 });

function readings(values, said) {
  const platform = ({ currency }) => Math.round(said * 10 ** minorDigits(currency));
  const nearest = said === null ? null : values.reduce((one, other) => (
    Math.abs(other.value - platform(other)) < Math.abs(one.value - platform(one)) ? other : one));
  const difference = (row) => platform(row) - row.value;
  const columns = [
    {
      title: t('metrics.reading'), isHeader: true, isWide: true, csv: (row) => row.reading,
      cell: (row) => h(row === nearest ? 'strong' : 'span', {}, t(`metrics.reading_${row.reading}`)),
    },
    {
      title: t('metrics.we_say'), isNumber: true,
      cell: (row) => exactMoney({ minor: Math.round(row.value), currency: row.currency }),
    },
    said !== null && {
      title: t('metrics.difference'), isNumber: true,
      cell: (row) => `${exactMoney({ minor: Math.round(difference(row)), currency: row.currency })}${
        row.value ? ` (${change(platform(row) / row.value - 1)})` : ''}`,
    },
  ].filter(Boolean);
  return h('div.stack-small', {},
    nearest && h('p', {}, t('metrics.nearest', { reading: t(`metrics.reading_${nearest.reading}`) })),
    h('div.flush-table', {}, table(t('metrics.reconcile'), columns, values)));
}
