// An audience as it stands in an address and as the API takes it: the same tree, without what is not finished.

import { wholeFilter } from './event_filter.js';

export const PARTS_MAX = 12;
export const DEPTH_MAX = 3;
export const SPANS = ['always', '1', '7', '14', '30', '90', '365'];
export const WINDOWS = { '1h': 3_600_000, '1d': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 };

/** How the parts of a group are joined: `none` is written as not any. */
export function groupOf(part) {
  if (part.all) return { join: 'all', parts: part.all };
  if (part.any) return { join: 'any', parts: part.any };
  return part.not?.any ? { join: 'none', parts: part.not.any } : null;
}

export function joined(join, parts) {
  return join === 'none' ? { not: { any: parts } } : { [join]: parts };
}

/** What a condition is of, and the members that say it; `not_did` is written as not did. */
export function leafOf(part) {
  if (part.not?.did) return { kind: 'not_did', leaf: part.not };
  const kind = ['did', 'sequence', 'aggregate', 'property', 'stage'].find((one) => one in part);
  return kind ? { kind, leaf: part } : null;
}

export function leafAs(kind, leaf) {
  return kind === 'not_did' ? { not: leaf } : leaf;
}

export function newLeaf(kind, { names, properties, models = [] }) {
  const event = { name: names[0] };
  if (kind === 'did' || kind === 'not_did') return leafAs(kind, { did: event, at_least: 1 });
  if (kind === 'stage') return leaf.stage.in.length > 0 ? leaf : null;
  if (kind === 'sequence') return { sequence: [event, { name: names[1] ?? names[0] }], within_ms: WINDOWS['7d'] };
  if (kind === 'aggregate') return { aggregate: 'sum', event, at_least: 1 };
  if (kind === 'stage') return { stage: stageOf(models.find(({ id }) => id === 'o5a') ?? models[0]) };
  return { property: properties[0]?.name ?? 'city', is: 'present', when: 'latest' };
}

/** Of a model, its strongest stage. */
export function stageOf(model) {
  return { model: model.id, in: [model.stages.at(-1).id] };
}

/** Nil for what is no audience that the page can show. */
export function audienceFrom(text) {
  try {
    const part = JSON.parse(text ?? '');
    const shown = shownAs(part);
    return groupOf(shown) ? shown : { all: [shown] };
  } catch {
    return null;
  }
}

/** As the editor shows it: throws where it has no way to. */
function shownAs(part) {
  const group = groupOf(part);
  if (group) return joined(group.join, group.parts.map(shownAs));
  if (!leafOf(part)) throw new Error('not shown');
  return part;
}

/** As the API takes it; null where nothing is left. */
export function wholeAudience(part) {
  const group = groupOf(part);
  if (group) {
    const parts = group.parts.map(wholeAudience).filter(Boolean);
    return parts.length > 0 ? joined(group.join, parts) : null;
  }
  const { kind, leaf } = leafOf(part);
  if (kind === 'property') return isUnfinished(leaf) ? null : leaf;
  if (kind === 'sequence') return { ...leaf, sequence: leaf.sequence.map(wholeFilter) };
  if (kind === 'aggregate') return { ...leaf, event: wholeFilter(leaf.event) };
  return leafAs(kind, { ...leaf, did: wholeFilter(leaf.did) });
}

function isUnfinished({ is, value }) {
  if (is === 'present' || is === 'absent') return false;
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Who did all steps but the last within the window, and not all: whom the funnel lost at its last step. */
export function droppedAudience(steps, windowMs, span) {
  const sequence = (some) => ({ sequence: some.map(wholeFilter), within_ms: windowMs, ...span });
  return { all: [sequence(steps.slice(0, -1)), { not: { any: [sequence(steps)] } }] };
}
