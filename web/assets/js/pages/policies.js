// What other policies would have earned on a log of decisions, as far as the log can say.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compact, decimal, exact, interval, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { badge, copyBlock } from '../ui/controls.js';
import { figure, figures, pageHead, panel } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { asking, emptyState, note } from '../ui/states.js';
import { table } from '../ui/table.js';
import { tabs } from '../ui/tabs.js';
import { firstDecisionCommand } from './first_event.js';
import { ESTIMATORS, policyChart } from './policy_chart.js';

const DECISIONS_LEAST = 20;

export default {
  title: () => t('nav.policies'),
  show({ query }) {
    const place = asking(draw, { lines: 8 });
    const update = (now) => place.ask((signal) => load(now, signal));
    update(query);
    return {
      element: h('div', {}, pageHead(t('nav.policies'), t('policies.lead')), place.element), update,
      leave: place.stop,
    };
  },
};

async function load(query, signal) {
  const { logs } = await api.get('/policies/logs', {}, signal);
  const log = logs.find((one) => one.log === query.get('log')) ?? logs[0];
  if (!log || log.decisions < DECISIONS_LEAST) return { logs, log };
  return { logs, log, value: await api.get('/policies/value', { log: log.log }, signal) };
}

function draw({ logs, log, value }) {
  if (!log) {
    return emptyState({
      title: t('policies.empty_title'), text: t('policies.empty_text'), next: copyBlock(firstDecisionCommand()),
    });
  }
  const choices = logs.map((one) => ({
    text: one.log, hint: compact(one.decisions), href: withQuery({ log: one.log }), isCurrent: one === log,
  }));
  return h('div.stack', {},
    tabs(t('policies.logs'), choices),
    figures(
      figure(t('policies.decisions'), exact(log.decisions)),
      figure(t('policies.outcomes'), exact(log.outcomes)),
      figure(t('policies.positions'), exact(log.positions)),
      figure(t('policies.actions'), exact(log.actions)),
      value && onPolicy(value.on_policy)),
    value ? estimates(value)
      : note(t('policies.too_few', { count: log.decisions, least: DECISIONS_LEAST }), 'watch'));
}

function onPolicy(estimate) {
  if (estimate.value === null) return figure(t('policies.on_policy'), '–');
  return figure(t('policies.on_policy'), percent(estimate.value),
    h('dd.figure-hint', {}, t('number.interval_95', { interval: interval(estimate) })));
}

function estimates(value) {
  const title = t('policies.value');
  const known = value.policies.filter((policy) => policy.estimates.length > 0);
  const columns = estimateColumns();
  const rows = value.policies.flatMap((policy) => (policy.estimates.length > 0
    ? policy.estimates.map((estimate) => ({ policy, estimate })) : [{ policy, estimate: null }]));
  const drawn = known.length > 0 && policyChart({ known, onPolicy: value.on_policy, title, columns, rows });
  return h('div.stack', {},
    resultSentence(sentence(value), value),
    slotsNote(value.slots),
    drawn && panel(title, drawn.element, { tools: drawn.tools, hint: t('policies.value_hint') }),
    policiesPanel(value), estimatorsNote());
}

function slotsNote({ judged, without_exposure: unseen }) {
  const words = unseen > 0 ? t('policies.slots_unseen', { judged, unseen }) : t('policies.slots', { judged });
  return note(words, unseen > judged ? 'watch' : 'plain');
}

/** The best policy whose interval is clear of what was served; else whether all are clear of it on the other side. */
function sentence({ policies, on_policy: served }) {
  const judged = policies.filter((policy) => policy.trust === 'ok' && policy.policy !== 'logged')
    .map((policy) => ({ policy, estimate: robust(policy) }))
    .filter(({ estimate }) => estimate && estimate.value !== null && estimate.low !== null);
  if (judged.length === 0) return t('policies.sentence_few');
  const better = judged.filter(({ estimate }) => estimate.low > served.high)
    .sort((one, other) => other.estimate.value - one.estimate.value)[0];
  const areAllWorse = judged.every(({ estimate }) => estimate.high < served.low);
  if (!better) {
    return t(areAllWorse ? 'policies.sentence_worse' : 'policies.sentence_open', { served: percent(served.value) });
  }
  return t('policies.sentence', {
    policy: wordFor('policy', better.policy.policy), value: percent(better.estimate.value),
    interval: interval(better.estimate), served: percent(served.value),
  });
}

/** Doubly robust where there is one: of the three it needs the least luck. */
function robust(policy) {
  return policy.estimates.find((one) => one.estimator === 'dr') ?? policy.estimates[0];
}

function estimateColumns() {
  return [
    {
      title: t('column.policy'), isHeader: true, cell: (row) => wordFor('policy', row.policy.policy),
      csv: (row) => row.policy.policy,
    },
    {
      title: t('column.estimator'), cell: (row) => (row.estimate ? row.estimate.estimator.toUpperCase() : '–'),
      csv: (row) => row.estimate?.estimator,
    },
    {
      title: t('column.value'), isNumber: true, cell: (row) => percent(row.estimate?.value),
      csv: (row) => row.estimate?.value,
    },
    {
      title: t('funnel.low'), isNumber: true, cell: (row) => percent(row.estimate?.low),
      csv: (row) => row.estimate?.low,
    },
    {
      title: t('funnel.high'), isNumber: true, cell: (row) => percent(row.estimate?.high),
      csv: (row) => row.estimate?.high,
    },
    {
      title: t('policies.ess'), isNumber: true, cell: (row) => essText(row.policy),
      csv: (row) => row.policy.effective_sample_size,
    },
  ];
}

function essText(policy) {
  return policy.effective_sample_size === null ? '–' : decimal(policy.effective_sample_size, 0);
}

function policiesPanel({ policies }) {
  const columns = [
    { title: t('column.policy'), isHeader: true, cell: (row) => wordFor('policy', row.policy) },
    { title: t('policies.estimate'), isNumber: true, cell: estimateCell },
    { title: t('policies.ess'), isNumber: true, cell: essText },
    { title: t('policies.trust'), cell: trustBadge },
    { title: t('policies.meaning'), isWide: true, cell: meaning },
  ];
  const title = t('policies.table');
  return panel(title, table(title, columns, policies), { isFlush: true });
}

function estimateCell(policy) {
  const estimate = robust(policy);
  if (!estimate || estimate.value === null) return t('policies.no_estimate');
  const bounds = estimate.low === null ? '' : ` ${interval(estimate)}`;
  return h('span', {}, percent(estimate.value), h('span.faint.small', {}, bounds));
}

function trustBadge(policy) {
  return policy.trust === 'ok' ? badge(t('policies.trust_ok'), 'good', 'check') : badge(
    t('policies.trust_low'), 'watch', 'alert'
  );
}

function meaning(policy) {
  const doubts = policy.doubts.map(({ code, value, wanted }) => h(
    'p.soft.small', {}, t(`doubt.${code}`, { value: doubtValue(code, value), wanted: decimal(wanted, 0) })
  ));
  return h('div', {}, wordFor('policy_meaning', policy.policy), ...doubts);
}

/** A mean of weights, or a count that is rounded down, so that one that is too small never reads as large enough. */
function doubtValue(code, value) {
  if (code === 'weights_off') return decimal(value, 2);
  return value < 10 ? decimal(Math.floor(value * 10) / 10, 1) : decimal(Math.floor(value), 0);
}

function estimatorsNote() {
  const list = ESTIMATORS.map((name) => h(
    'div', {}, h('dt', {}, name.toUpperCase()), h('dd', {}, t(`estimator.${name}`))
  ));
  return h('details.details', {}, h('summary', {}, t('policies.methods')),
    h(
      'dl.facts', {}, ...list,
      h('div', {}, h('dt', {}, t('policies.ess')), h('dd', {}, t('policies.ess_meaning')))
    ));
}
