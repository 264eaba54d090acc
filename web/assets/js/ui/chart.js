// Charts on ECharts, fetched when the first one is drawn. Each has a table twin, and goes out as a file.

import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { onPreference } from '../core/preferences.js';
import { exportMenu } from './chart_export.js';
import { button } from './controls.js';
import { table } from './table.js';

let library = null;
const drawn = new Set();
const WIDTH_UNSEEN = 960;  // Of a picture of what is not on the screen.

function echarts() {
  library ??= new Promise((resolve, reject) => {
    const script = h('script', { src: '/vendor/echarts.min.js' });
    script.onload = () => resolve(window.echarts);
    script.onerror = () => {
      library = null;
      reject(new Error('echarts'));
    };
    document.head.append(script);
  });
  return library;
}

/** Colours of the theme that is on the page, by token. */
export function tokens() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = ['ink', 'ink-soft', 'ink-faint', 'line', 'line-strong', 'surface', 'chart-area', 'chart-rest'];
  const found = Object.fromEntries(names.map((name) => [name, read(name)]));
  return { ...found, font: read('font'), series: [1, 2, 3, 4, 5, 6, 7].map((number) => read(`chart-${number}`)) };
}

/** What every chart has in common: type, grid, axes, and a tooltip that is drawn and not markup. */
export function chartBase(colour) {
  const text = { color: colour['ink-soft'], fontFamily: colour.font, fontSize: 12 };
  return {
    animation: false,
    color: colour.series,
    textStyle: { fontFamily: colour.font, fontSize: 12 },
    grid: { left: 8, right: 28, top: 16, bottom: 4, containLabel: true },
    tooltip: {
      renderMode: 'richText',
      trigger: 'axis',
      confine: true,
      backgroundColor: colour.surface,
      borderColor: colour.line,
      textStyle: { ...text, color: colour.ink },
      axisPointer: { type: 'line', lineStyle: { color: colour['line-strong'], type: 'dotted' } },
    },
    legend: { show: false, textStyle: text },
  };
}

export function categoryAxis(colour, data, more = {}) {
  const label = { color: colour['ink-faint'], fontFamily: colour.font, fontSize: 12, hideOverlap: true };
  return {
    type: 'category', data, axisTick: { show: false }, axisLine: { lineStyle: { color: colour.line } },
    ...more, axisLabel: { ...label, ...more.axisLabel },
  };
}

export function valueAxis(colour, write, more = {}) {
  return {
    type: 'value', splitNumber: 4, axisLine: { show: false }, axisTick: { show: false },
    splitLine: { lineStyle: { color: colour.line } },
    axisLabel: {
      color: colour['ink-faint'], fontFamily: colour.font, fontSize: 12, formatter: write, hideOverlap: true,
    },
    ...more,
  };
}

/**
 * A chart with its tools.
 * @param name - of exported files
 * @param label - what the picture shows, in words
 * @param option - makes ECharts' option from the theme's colours
 * @param columns, rows - the table twin
 * @param pick - is called with ECharts' event where something was clicked; the twin offers the same
 * @returns `{ element, tools }`; put the tools in the panel's head
 */
export function chart({ name, label, option, columns, rows, height = 260, pick = null }) {
  const canvas = h('div.chart', { role: 'img', 'aria-label': label, style: { height: `${height}px` } });
  const twin = h('div.chart-twin', { hidden: true }, table(label, columns, rows));
  const element = h('div.chart-box', {}, canvas, twin);
  const toggle = button({
    text: t('chart.table'), sign: 'table', kind: 'quiet', 'aria-pressed': 'false',
    onclick: () => {
      twin.hidden = !twin.hidden;
      canvas.hidden = !twin.hidden;
      toggle.setAttribute('aria-pressed', String(!twin.hidden));
      one.draw();
    },
  });
  const one = { canvas, option, pick, width: WIDTH_UNSEEN, instance: null, draw: () => drawOne(one) };
  const drawing = () => one.library && {
    library: one.library, option: option(tokens(), one.width), width: one.width, height,
    background: tokens().surface,
  };
  begin(one);
  return { element, tools: [toggle, exportMenu({ name, label, columns, rows, drawing })] };
}

const sizes = new ResizeObserver((entries) => {
  for (const entry of entries) [...drawn].find((one) => one.canvas === entry.target)?.draw();
});

async function begin(one) {
  try {
    one.library = await echarts();
  } catch {
    replace(one.canvas, h('p.soft', {}, t('chart.unavailable')));
    return;
  }
  drawn.add(one);
  sizes.observe(one.canvas);
  one.draw();
}

function drawOne(one) {
  if (!one.canvas.isConnected && one.instance) {
    one.instance.dispose();
    sizes.unobserve(one.canvas);
    drawn.delete(one);
    return;
  }
  if (!one.canvas.clientWidth || !one.canvas.clientHeight) return;
  if (!one.instance) {
    one.instance = one.library.init(one.canvas, null, { renderer: 'canvas' });
    if (one.pick) one.instance.on('click', one.pick);
  }
  one.width = one.canvas.clientWidth;
  one.instance.resize();
  one.instance.setOption(one.option(tokens(), one.width), true);
  one.canvas.dataset.drawn = 'true';
}

onPreference((changed) => {
  if (changed === 'theme') setTimeout(() => drawn.forEach((one) => one.draw()));
});
