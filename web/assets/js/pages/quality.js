// How good the events of each source are: a score, the five parts it is made of, and the alarms that they raised.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { compact, decimal, exact, interval, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { may } from '../core/session.js';
import { badge, button, withTitle } from '../ui/controls.js';
import { openDialog } from '../ui/dialog.js';
import { pageHead, panel } from '../ui/panel.js';
import { spark } from '../ui/spark.js';
import { asking, emptyState } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { eventName, timeText } from '../ui/words.js';
import { attempt } from './plan.js';
import { openRule } from './quality_rule.js';

const PAGE_ROWS = 100;
const PARTS = ['validity', 'completeness', 'freshness', 'duplicates', 'drift'];
const [GOOD, FAIR] = [90, 70];

export default {
  title: () => t('nav.quality'),
  show({ query }) {
    const problem = h('div', { role: 'status' });
    let now = query;
    const place = asking((answer) => draw(answer, problem, again), { lines: 8 });
    const update = (changed) => {
      now = changed;
      const question = { cursor: now.get('cursor'), limit: PAGE_ROWS };
      const alarms = { state: now.get('alarms') ?? 'open', cursor: now.get('alarm'), limit: 50 };
      place.ask(async (signal) => {
        const [quality, raised] = await Promise.all([
          api.get('/quality', question, signal), api.get('/quality/alarms', alarms, signal),
        ]);
        return { ...quality, question, raised, alarms };
      });
    };
    const again = () => update(now);
    update(query);
    const body = h('div.stack', {}, problem, place.element);
    return { element: h('div', {}, pageHead(t('nav.quality'), t('quality.lead')), body), update, leave: place.stop };
  },
};

function draw(answer, problem, again) {
  if (answer.total === 0) {
    return emptyState({
      title: t('quality.empty_title'), text: t('quality.empty_text'),
      next: h('a.button.is-primary', { href: '/collect' }, t('plan.empty_next')),
    });
  }
  return h('div.stack', {}, alarmsPanel(answer, problem, again), scores(answer, again), definitions(answer));
}

function alarmsPanel({ raised, alarms }, problem, again) {
  const isOpen = alarms.state === 'open';
  const other = h('a.button.is-quiet', { href: withQuery({ alarms: isOpen ? 'all' : null, alarm: null }) },
    t(isOpen ? 'quality.all_alarms' : 'quality.open_alarms'));
  const title = t('quality.alarms');
  if (raised.alarms.length === 0) {
    return panel(title, h('p.soft', {}, t('quality.no_alarms')), { tools: [other] });
  }
  const columns = [
    { title: t('column.state'), csv: (row) => row.cleared_at ?? '', cell: alarmState },
    { title: t('column.event'), isHeader: true, csv: (row) => row.event, cell: (row) => eventName(row.event) },
    { title: t('column.source'), csv: (row) => row.source, cell: (row) => row.source },
    { title: t('quality.part'), csv: (row) => row.part, cell: (row) => t(`quality_part.${row.part}`) },
    {
      title: t('column.value'), isNumber: true, csv: (row) => row.value,
      cell: (row) => t('quality.against', { value: written(row.part, row.value), bound: written(row.part, row.bound) }),
    },
    { title: t('quality.raised'), csv: (row) => row.raised_at, cell: (row) => timeText(row.raised_at) },
    { title: t('quality.cleared'), csv: (row) => row.cleared_at, cell: (row) => timeText(row.cleared_at) },
    { title: t('quality.acknowledged'), isWide: true, cell: (row) => acknowledged(row, problem, again) },
  ];
  const pages = pager({
    firstHref: alarms.cursor && withQuery({ alarm: null }),
    nextHref: raised.next && withQuery({ alarm: raised.next }),
  });
  return panel(title, [table(title, columns, raised.alarms), pages], {
    tools: [other, csvButton('alarms', columns, raised.alarms)], isFlush: true,
  });
}

function alarmState(row) {
  return row.cleared_at
    ? badge(t('quality.is_cleared'), 'good', 'check') : badge(t('quality.is_raised'), 'bad', 'alert');
}

function acknowledged(row, problem, again) {
  if (row.acknowledged_at) return h('span', {}, row.acknowledged_by, ' ', timeText(row.acknowledged_at));
  if (row.cleared_at || !may('operate')) return '–';
  return button({
    text: t('quality.acknowledge'), kind: 'quiet', 'aria-label': `${t('quality.acknowledge')} ${row.event}`,
    onclick: attempt(problem, () => api.post(`/quality/alarms/${row.id}/acknowledge`), again),
  });
}

/** A share, or the drift, which is none. */
function written(part, value) {
  if (value === null) return '–';
  return part === 'drift' ? decimal(value, 3) : percent(value);
}

function scores({ rows, next, question, metric }, again) {
  const columns = [
    { title: t('column.event'), isHeader: true, csv: (row) => row.event, cell: eventCell },
    { title: t('column.source'), csv: (row) => row.source, cell: (row) => row.source },
    { title: t('column.score'), isNumber: true, csv: (row) => row.score, cell: scoreCell },
    ...PARTS.map((name, place) => ({
      title: t(`quality_part.${name}`), isNumber: true, csv: (row) => row.parts[place].value,
      cell: (row) => partCell(row.parts[place]),
    })),
    {
      title: t('plan.accepted'), isNumber: true, csv: (row) => row.accepted_24h,
      cell: (row) => withTitle(compact(row.accepted_24h), exact(row.accepted_24h)),
    },
    { title: t('plan.days'), cell: (row) => spark(row.volumes.map(exact).join(', '), row.volumes) },
    {
      title: h('span.visually-hidden', {}, t('column.actions')),
      cell: (row) => button({
        text: t('quality.unfold'), kind: 'quiet',
        'aria-label': `${t('quality.unfold')} ${row.event} ${row.source}`, onclick: () => unfold(row, again),
      }),
    },
  ];
  const title = t('quality.scores');
  const pages = pager({
    firstHref: question.cursor && withQuery({ cursor: null }), nextHref: next && withQuery({ cursor: next }),
  });
  return panel(title, [table(title, columns, rows), pages], {
    tools: [csvButton('quality', columns, rows)], isFlush: true, hint: t('quality.scores_hint'), metric,
  });
}

function eventCell(row) {
  return h('a.link', { href: `/plan/${encodeURIComponent(row.event)}` }, eventName(row.event));
}

function scoreCell({ score }) {
  if (score === null) return badge(t('quality.unknown'));
  return badge(decimal(score, 0), score >= GOOD ? 'good' : score >= FAIR ? 'watch' : 'bad');
}

function partCell(part) {
  if (part.missing) return h('span.faint', { title: missingText(part) }, '–');
  const text = written(part.part, part.value);
  return part.is_beyond ? badge(text, 'bad', 'alert') : text;
}

function missingText(part) {
  if (part.missing === 'too_few') return t('quality.too_few', { count: part.sample, needed: part.sample_needed });
  return t(part.missing === 'no_plan' ? 'quality.no_plan' : 'quality.no_past');
}

/** Each part with its number, its sample, what it is held to, and its days. */
function unfold(row, again) {
  const columns = [
    { title: t('quality.part'), isHeader: true, cell: (part) => t(`quality_part.${part.part}`) },
    {
      title: t('column.value'), isNumber: true,
      cell: (part) => withTitle(written(part.part, part.value), interval(part)),
    },
    { title: t('quality.bound'), isNumber: true, cell: boundText },
    { title: t('plan.sample'), isNumber: true, cell: (part) => exact(part.sample) },
    { title: t('plan.days'), cell: daysCell },
    { title: t('column.detail'), isWide: true, cell: detailText },
  ];
  const rule = may('operate') && button({
    text: t(row.has_default_rule ? 'quality.set_rule' : 'quality.change_rule'),
    onclick: () => {
      dialog.close();
      openRule(row, again);
    },
  });
  const title = `${row.event} · ${row.source}`;
  const dialog = openDialog(title, [table(title, columns, row.parts)], [rule].filter(Boolean));
  dialog.classList.add('is-wide');
}

function boundText(part) {
  const isMost = part.part === 'duplicates' || part.part === 'drift';
  return t(isMost ? 'quality.at_most' : 'quality.at_least', { value: written(part.part, part.bound) });
}

function daysCell(part) {
  return part.days.length > 0 && spark(part.days.map((one) => percent(one)).join(', '), part.days, 1);
}

function detailText(part) {
  if (part.missing) return missingText(part);
  if (part.median_seconds !== undefined) {
    return t('quality.lateness', { median: seconds(part.median_seconds), p95: seconds(part.p95_seconds) });
  }
  if (part.moved === undefined || part.index === undefined) return interval(part);
  const place = part.moved === 'volume' ? t('quality.volume') : part.moved;
  return t('quality.moved', { place, index: decimal(part.index, 3), chance: decimal(part.chance, 3) });
}

function seconds(value) {
  if (value < 120) return t('quality.seconds', { value: decimal(value, 1) });
  return value < 7200
    ? t('quality.minutes', { value: decimal(value / 60, 1) }) : t('quality.hours', { value: decimal(value / 3600, 1) });
}

function definitions({ weights }) {
  const rows = PARTS.map((name) => h('div', {},
    h('dt', {}, `${t(`quality_part.${name}`)} · ${percent(weights[name])}`), h('dd', {}, t(`quality_means.${name}`))));
  return panel(t('quality.definitions'), [h('p.soft', {}, t('quality.score_means')), h('dl.facts', {}, ...rows)]);
}
