// Which model, and its thresholds.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { isChinese, language, t, wordFor } from '../core/i18n.js';
import { may } from '../core/session.js';
import { setQuery } from '../core/router.js';
import { badge, button, field, input, select } from '../ui/controls.js';
import { panel } from '../ui/panel.js';
import { errorState } from '../ui/states.js';
import { table } from '../ui/table.js';
import { conditionsOf, DAYS_MAX, LEAST_MAX, OUTSIDE, withChange } from './stages_question.js';

const inLanguage = (title, none) => title?.[language()] ?? title?.[isChinese() ? 'en' : 'zh-CN'] ?? none;
export const modelName = (model) => inLanguage(model.title, model.id);

/** `A3 问询`; who is in no stage is outside. */
export function stageName(id, stages) {
  if (id === OUTSIDE) return t('stages.outside');
  const name = inLanguage(stages.find((stage) => stage.id === id)?.title, '');
  return [id, name].filter(Boolean).join(' ');
}

/** @param again - asks for the models anew, once one was saved */
export function modelPanel(question, models, again) {
  const put = (changes) => setQuery({ was: null, is: null, cursor: null, ...changes }, { isReplacing: true });
  const chooser = field(t('stages.model'), select(models.map((one) => [one.id, modelName(one)]), question.model.id, {
    onchange: (event) => put({ model: event.target.value === 'o5a' ? null : event.target.value, edit: null }),
  }));
  const periods = ['day', 'week', 'month'].map((one) => [one, t(`stages.period_${one}`)]);
  const period = field(t('stages.period'), select(periods, question.period, {
    onchange: (event) => put({ period: event.target.value === 'day' ? null : event.target.value, day: null }),
  }));
  const isOpen = question.changes.length > 0;
  const rules = h('details.details', { open: isOpen }, h('summary', {}, t('stages.rules')),
    h('div.stack', {}, h('p.soft.small', {}, t('stages.rules_hint')), ruleTable(question, put),
      tools(question, put, again),
      h('p.faint.small', {}, t('stages.source', {
        version: question.model.version, source: question.model.source ?? '',
      }))));
  return panel(t('stages.question'), h('div.stack', {}, h('div.field-row', {}, chooser, period), rules));
}

function ruleTable(question, put) {
  const rows = [...question.stages].reverse().flatMap((stage) => stage.rules.flatMap((rule, number) => (
    conditionsOf(rule, number).map(({ condition, place }, at) => ({ stage, rule: condition, place, isJoined: at > 0 }))
  )));
  const change = ({ stage, rule, place }, changes) => put({
    edit: withChange(question, {
      id: stage.id, place, atLeast: rule.at_least ?? 1, withinDays: rule.within_days ?? null, ...changes,
    }),
  });
  const number = (row, key, value, most, write) => input({
    type: 'number', min: 1, max: most, step: 1, value: value ?? '', placeholder: value ? null : '∞',
    'aria-label': t(`stages.${key}_of`, { stage: stageName(row.stage.id, question.stages) }),
    onchange: (event) => {
      const text = event.target.value;
      if (event.target.reportValidity()) change(row, write(text === '' ? null : Number(text)));
    },
  });
  return table(t('stages.rules'), [
    {
      title: t('stages.stage'), isHeader: true,
      cell: (row) => h('span.nowrap', {}, row.isJoined ? t('stages.and') : stageName(row.stage.id, question.stages)),
    },
    {
      title: t('stages.times'), isNumber: true,
      cell: (row) => number(row, 'times', row.rule.at_least ?? 1, LEAST_MAX, (atLeast) => ({ atLeast: atLeast ?? 1 })),
    },
    {
      title: t('stages.days'), isNumber: true,
      cell: (row) => number(row, 'days', row.rule.within_days, DAYS_MAX, (withinDays) => ({ withinDays })),
    },
    { title: t('stages.did'), isWide: true, cell: ({ rule }) => eventsText(rule) },
  ], rows);
}

function eventsText({ events, sum_of: summed }) {
  if (!events?.length) return t('stages.any_event');
  const names = events.map(({ name, channel }) => {
    const word = name ? wordFor('event', name) : t('stages.any_event');
    return channel ? `${word} (${wordFor('channel', channel)})` : word;
  });
  const all = names.join(t('stages.or'));
  return summed ? t('stages.sum_of', { names: all, property: wordFor('property', summed) }) : all;
}

function tools(question, put, again) {
  const { model, changes, stages } = question;
  const path = `/stage-models/${encodeURIComponent(model.id)}`;
  const problem = h('div');
  const act = async (call) => {
    try {
      await call();
      await again();
      put({ edit: null });
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const save = () => act(() => api.put(path, { title: model.title, source: model.source, stages }));
  return h('div.stack', {}, h('div.cluster', {},
    changes.length > 0 && badge(t('stages.changed', { count: changes.length }), 'watch'),
    changes.length > 0 && button({ text: t('stages.undo'), onclick: () => put({ edit: null }) }),
    changes.length > 0 && may('operate') && button({ text: t('stages.save'), kind: 'primary', onclick: save }),
    model.origin === 'saved' && changes.length === 0 && may('operate') && button({
      text: t('stages.reset'), onclick: () => act(() => api.remove(path)),
    })), problem);
}
