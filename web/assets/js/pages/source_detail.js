// One source: its course, why elements were set aside, how complete it is, and its limits.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { bucketLabel, compact, decimal, exact, exactTime, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { may } from '../core/session.js';
import { button, field, input } from '../ui/controls.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { openDialog } from '../ui/dialog.js';
import { facts, panel } from '../ui/panel.js';
import { errorState } from '../ui/states.js';
import { table } from '../ui/table.js';

const STEP_MS = { minute: 60_000, hour: 3_600_000 };
const FATES = ['accepted', 'duplicate', 'quarantined', 'rejected'];
const COLOURS = [0, 3, 1, 5];

export function sourceDetail(one, { standard, span, again }) {
  const limits = may('administer') && button({
    text: t('sources.limits_edit'), kind: 'quiet', onclick: () => editLimits(one, again),
  });
  const drawn = course(one, span);
  const reasons = Object.entries(one.reasons).sort((a, b) => b[1] - a[1]);
  const parts = [
    drawn.element, facts(factsOf(one, standard)), completeness(one.completeness),
    reasons.length > 0 && reasonTable(one.source, reasons),
  ];
  const tools = [limits, ...drawn.tools].filter(Boolean);
  return panel(t('sources.one', { source: one.source }), h('div.stack', {}, ...parts.filter(Boolean)), { tools });
}

/** Those of all requests: each fared in one of four ways. */
export function elements(row) {
  return row.accepted + row.duplicate + row.quarantined + row.rejected;
}

function factsOf(one, standard) {
  const own = one.limits;
  const { events_per_second_max: rate, events_per_day_max: quota } = own ?? standard;
  const day = quota
    ? t('sources.quota_used', { used: exact(one.accepted_today), max: exact(quota) })
    : t('sources.no_quota', { used: exact(one.accepted_today) });
  return [
    [t('sources.requests'), exact(one.requests)],
    [t('sources.per_request'), decimal(elements(one) / (one.requests || 1), 1)],
    [t('sources.replayed'), exact(one.replayed)],
    [t('sources.rate_max'), rate ? t('sources.per_second', { count: exact(rate) }) : t('sources.unlimited')],
    [t('sources.today'), day],
    [t('sources.limits_from'), t(own ? 'sources.limits_own' : 'sources.limits_standard')],
  ];
}

/** Every step of the range has a bar, also those in which nothing came. */
function course({ series, step, source }, span) {
  const stepMs = STEP_MS[step];
  const known = new Map(series.map((bucket) => [Date.parse(bucket.start), bucket]));
  const first = Math.min(...known.keys());
  const rows = [];
  for (let at = first; at <= Math.max(...known.keys()); at += stepMs) {
    rows.push({ start: new Date(at).toISOString(), ...Object.fromEntries(FATES.map((name) => [name, 0])),
      ...known.get(at) });
  }
  const title = t('sources.course', { span: t(`sources.span_${span}`) });
  const columns = [
    { title: t('column.time'), isHeader: true, cell: (row) => exactTime(row.start), csv: (row) => row.start },
    ...FATES.map((name) => ({
      title: t(`sources.${name}`), isNumber: true, cell: (row) => exact(row[name]), csv: (row) => row[name],
    })),
  ];
  const option = (colour) => courseOption(colour, rows, stepMs);
  return chart({ name: `source-${source}`, label: title, option, columns, rows, height: 220 });
}

function courseOption(colour, rows, stepMs) {
  const base = chartBase(colour);
  const label = (row) => bucketLabel(row.start, stepMs);
  const tooltip = ([{ dataIndex }]) => [
    label(rows[dataIndex]), ...FATES.map((name) => `${t(`sources.${name}`)}  ${exact(rows[dataIndex][name])}`),
  ].join('\n');
  return {
    ...base,
    legend: { ...base.legend, show: true, top: 0 },
    grid: { ...base.grid, top: 32 },
    tooltip: { ...base.tooltip, axisPointer: { type: 'none' }, formatter: tooltip },
    xAxis: categoryAxis(colour, rows.map(label)),
    yAxis: valueAxis(colour, compact, { min: 0, minInterval: 1 }),
    series: FATES.map((name, index) => ({
      type: 'bar', name: t(`sources.${name}`), stack: 'all', barCategoryGap: '20%', barMaxWidth: 32,
      data: rows.map((row) => row[name]), itemStyle: { color: colour.series[COLOURS[index]] },
    })),
  };
}

function completeness(estimates) {
  if (estimates.length === 0) return h('p.soft', {}, t('sources.complete_none'));
  const title = t('sources.complete');
  return table(title, [
    { title, isHeader: true, cell: (row) => t(`sources.by_${row.method}`) },
    { title: t('sources.share'), isNumber: true, cell: (row) => percent(row.share) },
    {
      title: t('sources.between'), isNumber: true,
      cell: (row) => t('number.interval', { low: percent(row.low), high: percent(row.high) }),
    },
    { title: t('sources.received'), isNumber: true, cell: (row) => exact(row.received) },
    { title: t('sources.expected'), isNumber: true, cell: (row) => exact(Math.round(row.expected)) },
    { title: t('sources.basis'), cell: (row) => t(`sources.basis_${row.method}`, { count: row.sample_count }) },
  ], estimates);
}

function reasonTable(source, reasons) {
  return table(t('column.reason'), [
    {
      title: t('column.reason'), isHeader: true,
      cell: ([reason]) => h('a.link', { href: `/quarantine?${new URLSearchParams({ reason, source })}` },
        wordFor('quarantine', reason)),
    },
    { title: t('sources.quarantined'), isNumber: true, cell: ([, count]) => exact(count) },
  ], reasons);
}

function editLimits(one, again) {
  const number = (value) => input({ type: 'number', min: '1', step: '1', inputmode: 'numeric', value: value ?? '' });
  const rate = number(one.limits?.events_per_second_max);
  const quota = number(one.limits?.events_per_day_max);
  const problem = h('div');
  const path = `/sources/${encodeURIComponent(one.source)}/limits`;
  const attempt = async (work) => {
    try {
      await work();
      dialog.close();
      again();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const given = (control) => (control.value === '' ? null : Number(control.value));
  const submit = (event) => {
    event.preventDefault();
    attempt(() => api.put(path, { events_per_second_max: given(rate), events_per_day_max: given(quota) }));
  };
  const form = h('form.stack', { id: 'edit-limits', onsubmit: submit },
    field(t('sources.rate_max'), rate, t('sources.rate_hint')),
    field(t('sources.quota'), quota, t('sources.quota_hint')), problem);
  const actions = [
    one.limits && button({ text: t('sources.limits_reset'), onclick: () => attempt(() => api.remove(path)) }),
    button({ text: t('sources.limits_save'), kind: 'primary', type: 'submit', form: 'edit-limits' }),
  ];
  const dialog = openDialog(t('sources.limits_of', { source: one.source }), [form], actions.filter(Boolean));
  rate.focus();
}
