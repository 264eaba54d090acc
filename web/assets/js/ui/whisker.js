// An interval as a line with a point, small enough for a cell of a table; all cells of a column share one scale.

import { svg } from '../core/dom.js';

const WIDTH = 120;
const HEIGHT = 16;

/** @param estimate - `{ value, low, high }`; @param scale - `[least, most]` of the column */
export function whisker({ value, low, high }, [least, most]) {
  const place = (x) => 4 + ((x - least) / (most - least || 1)) * (WIDTH - 8);
  const middle = HEIGHT / 2;
  const end = (x) => svg('line', { x1: place(x), x2: place(x), y1: middle - 3, y2: middle + 3 });
  return svg('svg.whisker', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, 'aria-hidden': 'true' },
    svg('line', { x1: place(low), x2: place(high), y1: middle, y2: middle }), end(low), end(high),
    svg('circle', { cx: place(value), cy: middle, r: 3 }));
}
