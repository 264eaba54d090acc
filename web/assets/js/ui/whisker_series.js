// Intervals in a chart: a line with two ends for each `[category, low, high]`.

const HALF_WIDTH = 5;

/** @param offset - pixels along the category axis, for several estimates side by side */
export function whiskerSeries(data, color, { isHorizontal = false, offset = 0 } = {}) {
  const line = (x1, y1, x2, y2) => ({
    type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 2 },
  });
  const renderItem = (_, at) => {
    const [category, low, high] = [at.value(0), at.value(1), at.value(2)];
    if (isHorizontal) {
      const [[x1, y], [x2]] = [at.coord([low, category]), at.coord([high, category])];
      const row = y + offset;
      return {
        type: 'group',
        children: [
          line(x1, row, x2, row), line(x1, row - HALF_WIDTH, x1, row + HALF_WIDTH),
          line(x2, row - HALF_WIDTH, x2, row + HALF_WIDTH),
        ],
      };
    }
    const [[x, y1], [, y2]] = [at.coord([category, low]), at.coord([category, high])];
    const column = x + offset;
    return {
      type: 'group',
      children: [
        line(column, y1, column, y2), line(column - HALF_WIDTH, y1, column + HALF_WIDTH, y1),
        line(column - HALF_WIDTH, y2, column + HALF_WIDTH, y2),
      ],
    };
  };
  const encode = isHorizontal ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] };
  return { type: 'custom', renderItem, encode, data, silent: true, z: 3, tooltip: { show: false } };
}
