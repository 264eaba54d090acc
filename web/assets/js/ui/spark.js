// A row of small bars, one a day; what they say stands in words beside or in their label.

import { svg } from '../core/dom.js';

const [BAR, GAP, HEIGHT] = [5, 2, 18];

/** @param values - from the oldest to the newest; null where nothing is known. `most` is the full height. */
export function spark(label, values, most = Math.max(...values.filter((one) => one !== null), 0)) {
  const bars = values.map((value, index) => {
    const height = value === null || most <= 0 ? 0 : Math.max(value > 0 ? 1 : 0, Math.round((value / most) * HEIGHT));
    return svg('rect', { x: index * (BAR + GAP), y: HEIGHT - height, width: BAR, height });
  });
  const width = values.length * (BAR + GAP) - GAP;
  const viewBox = `0 0 ${width} ${HEIGHT}`;
  return svg('svg.spark', { viewBox, width, height: HEIGHT, role: 'img', 'aria-label': label }, ...bars);
}
