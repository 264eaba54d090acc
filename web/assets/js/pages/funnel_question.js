// The questions of the funnel and of audiences as they stand in an address. Names may hold any character, so each is
// encoded by itself before the signs that part them are put between.

const STEPS_MAX = 8;
const CONDITIONS_MAX = 8;
const TIMES_MAX = 1_000_000;

export { CONDITIONS_MAX, STEPS_MAX };

/** What someone typed by hand may not be encoded: then it is taken as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const parts = (text, most) => (text ?? '').split(',').filter(Boolean).slice(0, most);

/** Steps as `name` or `name@channel`, parted by commas. */
export function stepsFrom(text) {
  return parts(text, STEPS_MAX).map((one) => {
    const [name, channel] = one.split('@').map(decoded);
    return channel ? { name, channel } : { name };
  });
}

export function stepsText(steps) {
  return steps.map(({ name, channel }) => [name, channel].filter(Boolean).map(encodeURIComponent).join('@')).join(',');
}

/** Whole, and within what the API takes. */
export function timesFrom(text) {
  return Math.min(TIMES_MAX, Math.max(1, Math.trunc(Number(text)) || 1));
}

/** Conditions as `name:times`, parted by commas. */
export function conditionsFrom(text) {
  return parts(text, CONDITIONS_MAX).map((one) => {
    const [name, times] = one.split(':');
    return { name: decoded(name), at_least: timesFrom(times) };
  });
}

export function conditionsText(conditions) {
  return conditions.map((one) => `${encodeURIComponent(one.name)}:${one.at_least}`).join(',');
}

/**
 * Who did every step but the last, and not the last, in any order and however far apart: it is not whom the funnel
 * counts. Null where a step has a channel, which conditions do not know, and where there is no step before.
 */
export function droppedConditions(steps) {
  if (steps.length < 2 || steps.some((step) => step.channel)) return null;
  const times = new Map();
  for (const { name } of steps.slice(0, -1)) times.set(name, (times.get(name) ?? 0) + 1);
  const last = steps.at(-1).name;
  return {
    did: [...times].map(([name, count]) => ({ name, at_least: count })),
    not: [{ name: last, at_least: (times.get(last) ?? 0) + 1 }],
  };
}
