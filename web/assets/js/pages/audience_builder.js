// The editor of an audience: groups of conditions, joined by all, any or none.

import { h } from '../core/dom.js';
import { t, wordFor } from '../core/i18n.js';
import { button, checkbox, field, input, select } from '../ui/controls.js';
import {
  DEPTH_MAX, groupOf, joined, leafAs, leafOf, newLeaf, PARTS_MAX, SPANS, stageOf, WINDOWS,
} from './audience_expression.js';
import { conditionRow, eventFilter } from './event_filter.js';
import { modelName, stageName } from './stages_model.js';
import { OUTSIDE } from './stages_question.js';

const KINDS = ['did', 'not_did', 'sequence', 'aggregate', 'property', 'stage'];
const MEASURES = ['sum', 'mean', 'max', 'min', 'distinct'];
const STEPS_MAX = 8;

/** @param put - takes what makes the changed audience of the one there is, and whether someone is still typing */
export function audienceBuilder(audience, words, put) {
  return group(audience, words, put, null, 1);
}

function group(part, words, put, remove, depth) {
  const { join, parts } = groupOf(part);
  const change = (next, isTyping) => put((old) => {
    const current = groupOf(old);
    return joined(current.join, next(current.parts));
  }, isTyping);
  const how = select(['all', 'any', 'none'].map((one) => [one, t(`audience.join_${one}`)]), join, {
    'aria-label': t('audience.join'), onchange: ({ target }) => put((old) => joined(target.value, groupOf(old).parts)),
  });
  const rows = parts.map((one, index) => {
    const putOne = (next, isTyping) => change(
      (all) => all.map((old, at) => (at === index ? next(old) : old)), isTyping
    );
    const removeOne = parts.length > 1 && (() => change((all) => all.filter((_, at) => at !== index)));
    const element = groupOf(one)
      ? group(one, words, putOne, removeOne, depth + 1) : leaf(one, index + 1, words, putOne, removeOne);
    return h('li.audience-part', {}, element);
  });
  const add = (text, made) => button({
    text: t(text), sign: 'plus', kind: 'quiet', onclick: () => change((all) => [...all, made]),
  });
  return h('fieldset.audience-group', {},
    h('legend.visually-hidden', {}, t(`audience.join_${join}`)),
    h('div.cluster', {}, how, remove && close(t('audience.remove_group'), remove)),
    h('ul.audience-parts', {}, ...rows),
    parts.length < PARTS_MAX && h('div.cluster', {},
      add('audience.add', newLeaf('did', words)),
      depth < DEPTH_MAX && add('audience.add_group', { any: [newLeaf('did', words)] })));
}

const close = (label, onclick) => button({ label, sign: 'close', kind: 'quiet', onclick });

function leaf(part, number, words, put, remove) {
  const { kind, leaf: now } = leafOf(part);
  const putLeaf = (changes, isTyping) => put((old) => leafAs(kind, { ...leafOf(old).leaf, ...changes }), isTyping);
  const offered = KINDS.filter((one) => one !== 'stage' || one === kind || words.models?.length > 0);
  const kinds = select(offered.map((one) => [one, t(`audience.kind_${one}`)]), kind, {
    'aria-label': t('audience.kind', { number }),
    onchange: ({ target }) => put((old) => changedKind(old, target.value, words)),
  });
  const parts = { did: didParts, not_did: didParts, sequence: sequenceParts, aggregate: aggregateParts,
    property: propertyParts, stage: stageParts }[kind];
  return h('div.stack-small', {},
    h('div.cluster', {}, kinds, kind !== 'stage' && spanSelect(now, putLeaf, number),
      remove && close(t('audience.remove', { number }), remove)),
    ...parts(now, words, putLeaf, number));
}

/** What was done stays where both kinds ask of it. */
function changedKind(part, kind, words) {
  const { leaf: now } = leafOf(part);
  return now.did && (kind === 'did' || kind === 'not_did') ? leafAs(kind, now) : newLeaf(kind, words);
}

function spanSelect(now, put, number) {
  const isFixed = Boolean(now.from || now.to);
  const pairs = SPANS.map((one) => [one, one === 'always' ? t('audience.span_always') : t('audience.span_days', {
    days: Number(one),
  })]);
  const chosen = isFixed ? 'fixed' : String(now.last_days ?? 'always');
  return select(isFixed ? [['fixed', t('audience.span_fixed')], ...pairs] : pairs, chosen, {
    'aria-label': t('audience.span', { number }),
    onchange: ({ target }) => put({
      from: undefined, to: undefined, last_days: target.value === 'always' ? undefined : Number(target.value),
    }),
  });
}

function numberField(label, value, put, { least = 0, step = 1 } = {}) {
  return field(label, input({
    type: 'number', min: least, step, value: value ?? '',
    oninput: ({ target }) => { if (target.value !== '') put(Math.max(least, Number(target.value) || 0), true); },
  }));
}

function didParts(now, words, put) {
  return [h('div.field-row', {},
    eventFilter(t('audience.event'), now.did, words, (did) => put({ did })),
    numberField(t('audience.at_least'), now.at_least ?? 1, (times, isTyping) => put({
      at_least: Math.max(1, Math.trunc(times)),
    }, isTyping), { least: 1 }))];
}

function sequenceParts(now, words, put) {
  const steps = now.sequence.map((step, index) => h('div.cluster', {},
    eventFilter(t('audience.step', { number: index + 1 }), step, words, (changed) => put({
      sequence: now.sequence.map((one, at) => (at === index ? changed : one)),
    })),
    now.sequence.length > 1 && close(t('audience.remove_step', { number: index + 1 }), () => put({
      sequence: now.sequence.filter((_, at) => at !== index),
    }))));
  const key = Object.keys(WINDOWS).find((one) => WINDOWS[one] === now.within_ms);
  const pairs = Object.keys(WINDOWS).map((one) => [one, t(`audience.within_${one}`)]);
  const within = select(key ? pairs : [['', t('audience.within_other')], ...pairs], key ?? '', {
    onchange: ({ target }) => put({ within_ms: WINDOWS[target.value] }),
  });
  return [...steps, h('div.cluster', {}, field(t('audience.within'), within),
    now.sequence.length < STEPS_MAX && button({
      text: t('audience.add_step'), sign: 'plus', kind: 'quiet',
      onclick: () => put({ sequence: [...now.sequence, { name: words.names[0] }] }),
    }))];
}

function aggregateParts(now, words, put) {
  const isDistinct = now.aggregate === 'distinct';
  const named = words.properties.filter((one) => (isDistinct ? one.has_texts : one.has_numbers))
    .map(({ name }) => [name, wordFor('property', name)]);
  const first = isDistinct
    ? ['subject', 'channel', 'name'].map((one) => [one, t(`segmentation.by_${one}`)])
    : [['', t('segmentation.of_value')]];
  return [
    eventFilter(t('audience.event'), now.event ?? null, words, (event) => put({ event: event ?? undefined }), {
      none: t('audience.any_event'),
    }),
    h('div.field-row', {},
      field(t('audience.measure'), select(MEASURES.map((one) => [one, t(`audience.measure_${one}`)]), now.aggregate, {
        onchange: ({ target }) => put({
          aggregate: target.value, of: target.value === 'distinct' ? 'subject' : undefined,
        }),
      })),
      field(t('audience.of'), select([...first, ...named], now.of ?? '', {
        onchange: ({ target }) => put({ of: target.value || undefined }),
      })),
      numberField(
        t(isDistinct || now.of ? 'audience.least' : 'audience.least_minor'), now.at_least,
        (least, isTyping) => put({ at_least: least }, isTyping), { least: -1e12, step: 'any' }
      )),
  ];
}

/** Which stages of a model, now or as of a day. */
function stageParts({ stage }, { models = [] }, put) {
  const given = typeof stage.model === 'string' ? models.find(({ id }) => id === stage.model) : stage.model;
  const change = (changes) => put({ stage: { ...stage, ...changes } });
  const known = models.map((one) => [one.id, modelName(one)]);
  const isOwn = typeof stage.model !== 'string';
  const model = select(isOwn ? [['', t('audience.stage_own')], ...known] : known, isOwn ? '' : stage.model, {
    onchange: ({ target }) => put({ stage: { ...stage, ...stageOf(models.find(({ id }) => id === target.value)) } }),
  });
  const stages = given?.stages ?? [];
  const boxes = [OUTSIDE, ...stages.map(({ id }) => id)].map((id) => checkbox(
    stageName(id, stages), stage.in.includes(id), {
      onchange: ({ target }) => change({
        in: target.checked ? [...stage.in, id] : stage.in.filter((one) => one !== id),
      }),
    }
  ).element);
  const at = input({
    type: 'date', value: stage.at?.slice(0, 10) ?? '',
    onchange: ({ target }) => change({ at: target.value || undefined }),
  });
  return [
    h('div.field-row', {}, field(t('stages.model'), model),
      field(t('audience.stage_at'), at, t('audience.stage_at_hint'))),
    h('fieldset.audience-stages', {}, h('legend', {}, t('audience.stage_in')), h('div.cluster', {}, ...boxes)),
  ];
}

function propertyParts(now, { properties }, put) {
  const when = select(['latest', 'ever'].map((one) => [one, t(`audience.when_${one}`)]), now.when ?? 'latest', {
    onchange: ({ target }) => put({ when: target.value }),
  });
  return [h('div.cluster', {},
    conditionRow({ property: now.property, is: now.is, value: now.value }, properties, { put }), field(
      t('audience.when'), when))];
}
