// The pictures of the overview: over time, and by hour of the day.

import { onDays } from '../core/buckets.js';
import { bucketLabel, compact, compactMoney, exact, exactMoney, exactTime } from '../core/format.js';
import { t } from '../core/i18n.js';
import { majorUnits, minorDigits } from '../core/money.js';
import { preferences } from '../core/preferences.js';
import { setQuery } from '../core/router.js';
import { session } from '../core/session.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { segmented } from '../ui/controls.js';
import { panel } from '../ui/panel.js';

const METRICS = ['events', 'orders', 'gmv'];

function currencyOf(overview) {
  return overview.gmv.reduce((most, one) => (!most || one.minor > most.minor ? one : most), null)?.currency
    ?? session()?.currency ?? 'CNY';
}

/** How a metric is read from a bucket and written. */
function metricOf(name, currency) {
  if (name !== 'gmv') return { read: (bucket) => bucket[name], write: compact, writeExact: exact };
  const money = (major) => ({ minor: Math.round(major * 10 ** minorDigits(currency)), currency });
  return {
    read: (bucket) => majorUnits({ minor: bucket.gmv_minor, currency }),
    write: (value) => compactMoney(money(value)),
    writeExact: (value) => exactMoney(money(value)),
  };
}

/** The buckets of a period beside those of the period before. */
function rowsOf({ range, current, before }, read) {
  const { zone } = preferences;
  const earlier = before ? onDays(before.by_time, before.bucket_ms, range.comparison, zone) : [];
  return onDays(current.by_time, current.bucket_ms, range, zone).map((bucket, index) => ({
    start: bucket.start, value: read(bucket), earlier: earlier[index] ? read(earlier[index]) : null,
  }));
}

export function byTimePanel({ range, current, before: whole, metric }) {
  const name = METRICS.includes(metric) ? metric : 'events';
  const currency = currencyOf(current);
  const before = whole && (name !== 'gmv' || currencyOf(whole) === currency) ? whole : null;
  const { read, write, writeExact } = metricOf(name, currency);
  const rows = rowsOf({ range, current, before }, read);
  const title = t('overview.by_time', { metric: t(`figure.${name}`) });
  const columns = [
    { title: t('column.time'), isHeader: true, cell: (row) => exactTime(row.start), csv: (row) => row.start },
    { title: t(`figure.${name}`), isNumber: true, cell: (row) => writeExact(row.value), csv: (row) => row.value },
    before && {
      title: t('range.compare_previous'), isNumber: true, csv: (row) => row.earlier,
      cell: (row) => (row.earlier === null ? '–' : writeExact(row.earlier)),
    },
    name === 'gmv' && { title: t('column.currency'), csv: () => currency },
  ].filter(Boolean);
  const option = (colour) => timeOption(colour, { rows, write, writeExact, bucketMs: current.bucket_ms, before, name });
  const drawn = chart({ name: `overview-${name}`, label: title, option, columns, rows, height: 280 });
  const pairs = METRICS.map((one) => [one, t(`figure.${one}`)]);
  const choose = segmented(t('overview.metric'), pairs, name,
    (one) => setQuery({ metric: one === 'events' ? null : one }, { isReplacing: true }));
  return panel(title, drawn.element, { tools: [choose, ...drawn.tools] });
}

function timeOption(colour, { rows, write, writeExact, bucketMs, before, name }) {
  const base = chartBase(colour);
  const label = (row) => bucketLabel(row.start, bucketMs);
  const tooltip = ([{ dataIndex }]) => {
    const row = rows[dataIndex];
    const earlier = row.earlier === null ? '' : `\n${t('range.compare_previous')}  ${writeExact(row.earlier)}`;
    return `${label(row)}\n${t(`figure.${name}`)}  ${writeExact(row.value)}${earlier}`;
  };
  const line = { type: 'line', symbol: 'circle', symbolSize: 5, showSymbol: rows.length === 1 };
  return {
    ...base,
    tooltip: { ...base.tooltip, formatter: tooltip },
    xAxis: categoryAxis(colour, rows.map(label), { boundaryGap: rows.length === 1 }),
    yAxis: valueAxis(colour, write, { min: 0 }),
    series: [
      before && {
        ...line, data: rows.map((row) => row.earlier), silent: true, z: 1,
        lineStyle: {
          color: colour['line-strong'], width: 1.5, type: 'dashed',
        }, itemStyle: { color: colour['line-strong'] },
      },
      {
        ...line, data: rows.map((row) => row.value), z: 2,
        lineStyle: { color: colour.series[0], width: 2 }, areaStyle: { color: colour['chart-area'] },
      },
    ].filter(Boolean),
  };
}

export function byHourPanel({ by_hour_of_day: rows }) {
  const title = t('overview.by_hour');
  const hour = (row) => `${String(row.hour).padStart(2, '0')}:00`;
  const columns = [
    { title: t('column.hour'), isHeader: true, cell: hour, csv: hour },
    { title: t('figure.events'), isNumber: true, cell: (row) => exact(row.events), csv: (row) => row.events },
    { title: t('figure.orders'), isNumber: true, cell: (row) => exact(row.orders), csv: (row) => row.orders },
  ];
  const option = (colour) => {
    const base = chartBase(colour);
    const tooltip = ([{ dataIndex }]) => {
      const row = rows[dataIndex];
      return `${hour(row)}\n${t('figure.events')}  ${exact(row.events)}\n${t('figure.orders')}  ${exact(row.orders)}`;
    };
    return {
      ...base,
      tooltip: { ...base.tooltip, axisPointer: { type: 'none' }, formatter: tooltip },
      xAxis: categoryAxis(colour, rows.map(hour), { axisLabel: { interval: 5 } }),
      yAxis: valueAxis(colour, compact, { min: 0 }),
      series: [{
        type: 'bar', data: rows.map((row) => row.events), barCategoryGap: '24%',
        itemStyle: { color: colour.series[0], borderRadius: [2, 2, 0, 0] },
      }],
    };
  };
  const drawn = chart({ name: 'hours', label: title, option, columns, rows, height: 208 });
  return panel(title, drawn.element, { tools: drawn.tools });
}
