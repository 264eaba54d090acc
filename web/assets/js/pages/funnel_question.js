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

/** `name` or `name@channel`. */
function eventFrom(text) {
  const [name, channel] = text.split('@').map(decoded);
  return channel ? { name, channel } : { name };
}

const eventText = ({ name, channel }) => [name, channel].filter(Boolean).map(encodeURIComponent).join('@');

/** Steps as `name` or `name@channel`, parted by commas. */
export function stepsFrom(text) {
  return parts(text, STEPS_MAX).map(eventFrom);
}

export function stepsText(steps) {
  return steps.map(eventText).join(',');
}

/** Whole, and within what the API takes. */
export function timesFrom(text) {
  return Math.min(TIMES_MAX, Math.max(1, Math.trunc(Number(text)) || 1));
}

/** Conditions as `name:times` or `name@channel:times`, parted by commas. */
export function conditionsFrom(text) {
  return parts(text, CONDITIONS_MAX).map((one) => {
    const [event, times] = one.split(':');
    return { ...eventFrom(event), at_least: timesFrom(times) };
  });
}

export function conditionsText(conditions) {
  return conditions.map((one) => `${eventText(one)}:${one.at_least}`).join(',');
}

/**
 * Who did every step but the last, and not the last, in any order and however far apart: it is not whom the funnel
 * counts. Null where there is no step before, and where steps of one name differ in their channel: then one event may
 * be meant by both, and no count of events tells them apart.
 */
export function droppedConditions(steps) {
  const channels = new Map(steps.map(({ name, channel }) => [name, channel]));
  const isTold = steps.every((step) => channels.get(step.name) === step.channel);
  if (steps.length < 2 || !isTold) return null;
  const times = new Map();
  for (const step of steps.slice(0, -1)) times.set(eventText(step), (times.get(eventText(step)) ?? 0) + 1);
  const last = steps.at(-1);
  return {
    did: [...times].map(([event, count]) => ({ ...eventFrom(event), at_least: count })),
    not: [{ ...last, at_least: (times.get(eventText(last)) ?? 0) + 1 }],
  };
}
