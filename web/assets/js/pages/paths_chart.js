// Paths as they flow from step to step: as wide as the number of those who take them.

import { exact, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { chart, chartBase } from '../ui/chart.js';

const NARROW = 640;
const HEIGHT = 440;

/** @param pick - is called with the node that was clicked */
export function pathsChart({ answer, title, columns, rows, nodeText, pick }) {
  const { levels, links, question } = answer;
  const isBack = question.direction === 'to';
  const most = levels.length - 1 + (levels.at(-1).some((node) => node.ended > 0) ? 1 : 0);
  const place = (level) => (isBack ? most - level : level);
  const link = (one, other, value) => (isBack ? { source: other, target: one, value } : {
    source: one, target: other, value,
  });
  const total = levels[0].reduce((sum, node) => sum + node.count, 0);
  const option = (colour, width) => {
    const base = chartBase(colour);
    const colours = colourOf(colour, levels, nodeText);
    const ends = levels.map((nodes) => nodes.some((node) => node.ended > 0));
    const data = levels.flatMap((nodes, level) => nodes.map((node, at) => ({
      name: `${level}/${at}`, depth: place(level), node, text: nodeText(node), count: node.count,
      itemStyle: { color: node.is_other ? colour['chart-rest'] : colours.get(nodeText(node)) },
    })));
    const ended = levels.flatMap((nodes, level) => (ends[level] ? [{
      name: `${level + 1}/end`, depth: place(level + 1), text: t(`paths.end_${question.direction}`),
      count: nodes.reduce((sum, node) => sum + node.ended, 0), itemStyle: { color: colour['line-strong'] },
    }] : []));
    const flows = [
      ...links.map(({ level, from, to, count }) => link(`${level}/${from}`, `${level + 1}/${to}`, count)),
      ...levels.flatMap((nodes, level) => nodes.flatMap((node, at) => (
        node.ended > 0 ? [link(`${level}/${at}`, `${level + 1}/end`, node.ended)] : []
      ))),
    ];
    const isNarrow = width < NARROW;
    return {
      ...base,
      tooltip: {
        ...base.tooltip, trigger: 'item', formatter: ({ dataType, data: one }) => tooltip(one, dataType, total),
      },
      series: [{
        type: 'sankey', data: [...data, ...ended], links: flows, draggable: false, nodeAlign: 'left',
        left: 4, right: isNarrow ? 60 : 120, top: 8, bottom: 8, nodeWidth: isNarrow ? 8 : 14, nodeGap: 10,
        layoutIterations: 16, emphasis: { focus: 'adjacency' },
        lineStyle: { color: 'source', opacity: 0.28, curveness: 0.5 },
        label: {
          color: colour.ink, fontFamily: colour.font, fontSize: isNarrow ? 10 : 12, width: isNarrow ? 56 : 116,
          overflow: 'truncate', formatter: ({ data: one }) => one.text,
        },
      }],
    };
  };
  return chart({
    name: 'paths-flow', label: title, option, columns, rows, height: HEIGHT,
    pick: ({ dataType, data: one }) => { if (dataType === 'node' && one.node) pick(one.node); },
  });
}

/** One colour for an event on all levels; the most frequent ones first, and one colour for those behind. */
function colourOf(colour, levels, nodeText) {
  const counts = new Map();
  for (const node of levels.flat()) {
    if (!node.is_other) counts.set(nodeText(node), (counts.get(nodeText(node)) ?? 0) + node.count);
  }
  const names = [...counts].sort((one, other) => other[1] - one[1]).map(([name]) => name);
  return new Map(names.map((name, at) => [name, colour.series[Math.min(at, colour.series.length - 1)]]));
}

function tooltip(one, kind, total) {
  const share = (count) => `${exact(count)} (${percent(count / total)})`;
  return kind === 'edge' ? share(one.value) : `${one.text}\n${share(one.count)}`;
}
