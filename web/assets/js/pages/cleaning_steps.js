// The steps in their order, each with its switch and its settings.

import { h, replace } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { badge, button, field, input, select } from '../ui/controls.js';

const RULE = ['from', 'to'];
/** The settings of each step: what they are called and how they are written. */
const SETTINGS = {
  clock_skew: [],
  time_bounds: [['past_days', 'number'], ['ahead_minutes', 'number'], ['action', 'choice', ['mark', 'clamp']]],
  traffic: [
    ['bots', 'bots'], ['own_people', 'lines'], ['own_address_prefixes', 'lines'], ['own_user_agents', 'lines'],
    ['user_agent_properties', 'lines'], ['address_properties', 'lines'],
  ],
  text: [['nfc', 'flag'], ['half_width', 'flag']],
  units: [['reporting_currency', 'currency'], ['rules', 'rules', [...RULE, 'factor']]],
  aliases: [
    ['subjects', 'rules', RULE], ['subject_prefixes', 'rules', RULE], ['channels', 'rules', RULE],
    ['channel_prefixes', 'rules', RULE],
  ],
};

/** The list of all steps; `steps()` is what it says now, as the server reads it. */
export function stepForms(steps, activity, botRules) {
  const forms = steps.map((step, index) => stepForm(step, index, activity.now.steps[index], botRules));
  return { element: h('ol.cleaning-steps', {}, ...forms.map((form) => form.element)),
    steps: () => forms.map((form) => form.read()) };
}

function stepForm(step, index, done, botRules) {
  const name = t(`cleaning.step_${step.step}`);
  const isOn = h('input.check', { type: 'checkbox', checked: step.on });
  const settings = SETTINGS[step.step].map(([key, kind, choices]) => {
    const control = CONTROLS[kind](step[key], choices, botRules);
    return { key, read: control.read, element: [field(t(`cleaning.set_${key}`), control.input,
      kind === 'rules' ? t('cleaning.rule_hint', { form: choices.join(' → ') }) : undefined), control.more] };
  });
  const element = h('li.cleaning-step', {},
    h('div.cleaning-step-head', {},
      h('label.cleaning-switch', {}, isOn, h('strong', {}, `${index + 1}. ${name}`)),
      step.on ? badge(t('cleaning.on'), 'good', 'check') : badge(t('cleaning.off')),
      h('span.soft.small', {}, doneText(done))),
    h('p.soft', {}, t(`cleaning.about_${step.step}`)),
    settings.length > 0 && h('details', {}, h('summary', {}, t('cleaning.settings')),
      h('div.cleaning-settings', {}, ...settings.map((one) => one.element))));
  const read = () => ({ step: step.step, on: isOn.checked,
    ...Object.fromEntries(settings.map((one) => [one.key, one.read()])) });
  return { element, read };
}

function doneText({ changed, unresolved }) {
  return unresolved > 0
    ? t('cleaning.done_unresolved', { changed: exact(changed), unresolved: exact(unresolved) })
    : t('cleaning.done', { changed: exact(changed) });
}

const linesOf = (area) => area.value.split('\n').map((line) => line.trim()).filter(Boolean);
const area = (lines) => h('textarea.input', {
  rows: Math.min(6, Math.max(2, lines.length + 1)), spellcheck: 'false', value: lines.join('\n'),
});

const CONTROLS = {
  number(value) {
    const control = input({ type: 'number', min: 0, value: String(value) });
    return { input: control, read: () => Number(control.value) };
  },
  choice(value, choices) {
    const control = select(choices.map((one) => [one, t(`cleaning.action_${one}`)]), value);
    return { input: control, read: () => control.value };
  },
  flag(value) {
    const control = h('input.check', { type: 'checkbox', checked: value });
    return { input: control, read: () => control.checked };
  },
  currency(value) {
    const control = input({ maxlength: 3, value: value ?? '' });
    return { input: control, read: () => control.value.trim() || null };
  },
  lines(value) {
    const control = area(value);
    return { input: control, read: () => linesOf(control) };
  },
  rules(value, names) {
    const control = area(value.map((rule) => names.map((name) => rule[name]).join(' → ')));
    const rule = (line) => {
      const parts = line.split(/→|->|=>/).map((part) => part.trim());
      return Object.fromEntries(names.map((name, index) => [name, parts[index] ?? '']));
    };
    return { input: control, read: () => linesOf(control).map(rule) };
  },
  bots(value, _, rules) {
    const control = area(value.patterns);
    let origin = value;
    const from = h('p.field-hint');
    const say = () => replace(from, origin.source && `${origin.source} · ${origin.effective_from}`);
    const fill = () => {
      origin = rules;
      control.value = rules.patterns.join('\n');
      say();
    };
    say();
    const more = h('div', {}, from, rules && button({
      text: t('cleaning.use_list', { count: rules.patterns.length, day: rules.effective_from }), onclick: fill,
    }));
    const read = () => ({ source: origin.source, effective_from: origin.effective_from, patterns: linesOf(control) });
    return { input: control, read, more };
  },
};
