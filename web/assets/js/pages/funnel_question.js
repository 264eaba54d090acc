// The questions of the funnel as they stand in an address. Names may hold any character, so each is
// encoded by itself before the signs that part them are put between.

const STEPS_MAX = 8;
const EXCLUSIONS_MAX = 8;

export { EXCLUSIONS_MAX, STEPS_MAX };

/** What someone typed by hand may not be encoded: then it is taken as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const parts = (text, most) => (text ?? '').split(',').filter(Boolean).slice(0, most);

/** How comparisons are written, so that no sign stands for two things. */
const SIGNS = { '=': 'is', '!=': 'not', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' };

/** `name` or `name@channel`, and behind it `;property=is=value` for each condition; a list is parted by `|`. */
function eventFrom(text) {
  const [event, ...where] = text.split(';');
  const [name, channel] = event.split('@').map(decoded);
  const filter = channel ? { name, channel } : { name };
  return where.length > 0 ? { ...filter, where: where.map(conditionFrom) } : filter;
}

function conditionFrom(text) {
  const [property, sign = 'present', ...rest] = text.split('=');
  const value = rest.join('=');
  const operator = Object.keys(SIGNS).find((one) => SIGNS[one] === sign) ?? decoded(sign);
  const isList = operator === 'in' || operator === 'not_in';
  return {
    property: decoded(property), is: operator,
    ...(rest.length > 0 && { value: isList ? value.split('|').filter(Boolean).map(decoded) : plainFrom(value) }),
  };
}

/** Numbers and flags are marked, so that a text of digits stays one. */
function plainFrom(text) {
  if (!text.startsWith('*')) return decoded(text);
  return text === '*true' || text === '*false' ? text === '*true' : Number(text.slice(1)) || 0;
}

function plainText(value) {
  return typeof value === 'string' ? encodeURIComponent(value).replaceAll('*', '%2A') : `*${value}`;
}

const eventText = ({ name, channel, where = [] }) => [
  [name, channel].filter(Boolean).map(encodeURIComponent).join('@'),
  ...where.map(({ property, is, value }) => [
    encodeURIComponent(property), SIGNS[is] ?? encodeURIComponent(is),
    ...(value === undefined ? [] : [Array.isArray(value) ? value.map(encodeURIComponent).join('|') : plainText(value)]),
  ].join('=')),
].join(';');

/** A filter by itself, as in an address. */
export const filterFrom = (text) => (text ? eventFrom(text) : null);
export const filterText = (filter) => (filter ? eventText(filter) : null);

/** Steps as `name` or `name@channel`, parted by commas. */
export function stepsFrom(text) {
  return parts(text, STEPS_MAX).map(eventFrom);
}

export function stepsText(steps) {
  return steps.map(eventText).join(',');
}

/** What must not happen, as `event:after-before`, parted by commas; steps count from 1. */
export function exclusionsFrom(text, stepCount) {
  return parts(text, EXCLUSIONS_MAX).map((one) => {
    const [event, places = ''] = one.split(':');
    const [after, before] = places.split('-').map((place) => Math.trunc(Number(place)) || 0);
    const isPlaced = after >= 1 && after < before && before <= stepCount;
    return { ...eventFrom(event), ...(isPlaced ? { after, before } : { after: 1, before: stepCount }) };
  });
}

export function exclusionsText(exclusions) {
  return exclusions.map((one) => `${eventText(one)}:${one.after}-${one.before}`).join(',') || null;
}
