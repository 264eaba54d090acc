// One decision, accounted for: what was chosen, from what, how likely, why, and what came of it.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { decimal, duration, exact, exactTime, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { categoryAxis, chart, chartBase, valueAxis } from '../ui/chart.js';
import { badge } from '../ui/controls.js';
import { facts, pageHead, panel } from '../ui/panel.js';
import { asking, note } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { eventName, explanationText, personLink, plainValue, subjectName, subjectText, timeText } from '../ui/words.js';
import { outcomeBadge, reasonBadges } from './decision_parts.js';

const CANDIDATES_DRAWN = 20;

export default {
  title: () => t('decision.title'),
  show({ parameters }) {
    const place = asking(draw, { lines: 10 });
    place.ask((signal) => api.get(`/decisions/${encodeURIComponent(parameters.id)}`, {}, signal));
    const back = h('a.back', { href: '/decisions' }, t('nav.decisions'));
    const head = pageHead(t('decision.title'), h('span.id', {}, parameters.id));
    return { element: h('div', {}, back, head, place.element), leave: place.stop };
  },
};

function draw(decision) {
  return h('div.stack', {},
    panel(t('decision.what'), [
      h('p.decision-sentence', {}, t('decision.sentence', {
        time: exactTime(decision.time), count: decision.candidates.length, chosen: decision.choices.length,
        surface: wordFor('surface', decision.surface),
      })),
      facts([
        [t('column.person'), personLink(decision.person)],
        [t('column.surface'), wordFor('surface', decision.surface)],
        [t('column.channel'), wordFor('channel', decision.channel)],
        [t('column.policy'), wordFor('policy', decision.policy)],
        [t('decision.model'), h('span.id', {}, decision.model)],
        [t('decision.floor'), percent(decision.floor)],
        [t('decision.source'), decision.source],
        [t('column.outcome'), outcomeBadge(decision.outcomes)],
      ]),
    ]),
    choicesPanel(decision), outcomesPanel(decision), candidatesPanel(decision), contextPanel(decision));
}

function choicesPanel({ choices }) {
  const columns = [
    { title: t('column.position'), isNumber: true, cell: (row) => exact(row.position) },
    { title: t('column.choice'), isHeader: true, isWide: true, cell: (row) => subjectName(row.subject, row.title) },
    { title: t('column.why'), isWide: true, cell: whyCell },
    {
      title: t('column.probability'), isNumber: true,
      cell: (row) => h('span', { title: row.probability }, percent(row.probability)),
    },
    {
      title: t('column.score'), isNumber: true,
      cell: (row) => (row.score === undefined ? '–' : decimal(row.score, 3)),
    },
  ];
  const title = t('decision.choices');
  return panel(title, table(title, columns, choices), { isFlush: true, hint: t('decision.choices_hint') });
}

function whyCell(row) {
  return h('div.why-cell', {}, h('span', {}, explanationText(row.explanation)),
    h('span.cluster', {}, ...reasonBadges(row.reasons)));
}

function outcomesPanel({ outcomes, time, choices }) {
  const titles = new Map(choices.map((choice) => [choice.subject, choice.title]));
  const title = t('decision.outcomes');
  if (outcomes.length === 0) return panel(title, note(t('decision.outcomes_none')));
  const began = Date.parse(time);
  const columns = [
    { title: t('column.event'), isHeader: true, cell: (row) => eventName(row.name) },
    {
      title: t('column.subject'), isWide: true,
      cell: (row) => (row.subject ? subjectName(row.subject, titles.get(row.subject)) : '–'),
    },
    { title: t('column.after'), isNumber: true, cell: (row) => duration(Date.parse(row.time) - began) },
    { title: t('column.time'), isNumber: true, cell: (row) => timeText(row.time) },
  ];
  return panel(title, table(title, columns, outcomes), { isFlush: true });
}

function candidatesPanel({ candidates, choices, floor }) {
  const isChosen = new Set(choices.map((choice) => choice.subject));
  const rows = [...candidates].sort((one, other) => (other.probability ?? -1) - (one.probability ?? -1));
  const columns = [
    {
      title: t('column.candidate'), isHeader: true, isWide: true, cell: (row) => subjectName(row.subject, row.title),
      csv: (row) => row.subject,
    },
    {
      title: t('decision.chosen'),
      cell: (row) => isChosen.has(row.subject) && badge(t('decision.chosen'), 'accent', 'check'),
      csv: (row) => isChosen.has(row.subject),
    },
    {
      title: t('column.probability'), isNumber: true, cell: (row) => percent(row.probability),
      csv: (row) => row.probability,
    },
  ];
  const title = t('decision.candidates', { count: rows.length });
  if (rows.every((row) => row.probability === null)) {
    const tools = [csvButton('candidates', columns, rows)];
    return panel(title, table(title, columns, rows), { tools, hint: t('decision.candidates_unknown'), isFlush: true });
  }
  const shown = rows.slice(0, CANDIDATES_DRAWN);
  const option = (colour, width) => candidatesOption(colour, width, shown, isChosen);
  const drawn = chart({ name: 'candidates', label: title, option, columns, rows, height: 48 + shown.length * 24 });
  const uniform = floor / Math.max(rows.length, 1);
  const hint = t('decision.candidates_hint', { floor: percent(floor), each: percent(uniform), shown: shown.length });
  return panel(title, drawn.element, { tools: drawn.tools, hint });
}

function candidatesOption(colour, width, shown, isChosen) {
  const base = chartBase(colour);
  const name = (row) => subjectText(row.subject, row.title);
  const label = { width: Math.min(240, width * 0.4), overflow: 'truncate', color: colour['ink-soft'] };
  return {
    ...base,
    grid: { ...base.grid, right: 56 },
    tooltip: {
      ...base.tooltip, axisPointer: { type: 'none' },
      formatter: ([
        { dataIndex },
      ]) => `${name(shown[dataIndex])}\n${t('column.probability')}  ${percent(shown[dataIndex].probability)}`,
    },
    xAxis: valueAxis(colour, (value) => percent(value), { min: 0 }),
    yAxis: categoryAxis(colour, shown.map(name), { inverse: true, axisLabel: label }),
    series: [{
      type: 'bar', barWidth: 14,
      label: {
        show: true, position: 'right', color: colour['ink-soft'],
        formatter: ({ dataIndex }) => percent(shown[dataIndex].probability),
      },
      data: shown.map((row) => ({
        value: row.probability ?? 0,
        itemStyle: {
          color: isChosen.has(row.subject) ? colour.series[0] : colour['chart-rest'],
          borderRadius: [0, 2, 2, 0],
        },
      })),
    }],
  };
}

function contextPanel({ context }) {
  const known = Object.entries(context);
  if (known.length === 0) return null;
  return panel(t('decision.context'), facts(known.map(([name, value]) => [name, plainValue(value)])));
}
