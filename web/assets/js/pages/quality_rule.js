// When the quality of an event is bad enough to tell someone.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { button, field, input, select } from '../ui/controls.js';
import { openDialog } from '../ui/dialog.js';
import { errorState } from '../ui/states.js';

const BOUNDS = [
  1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 604800,
];

export function openRule({ event, rule, has_default_rule: isDefault }, again) {
  const path = `/quality/rules/${encodeURIComponent(event)}`;
  const number = (key, more = {}) => input({
    type: 'number', step: 'any', min: 0, max: 1, required: true, value: rule[key], ...more,
  });
  const shares = {
    validity_min: number('validity_min'), completeness_min: number('completeness_min'),
    freshness_min: number('freshness_min'), duplicates_max: number('duplicates_max'),
    drift_max: number('drift_max', { max: 10 }), sample_least: number('sample_least', { min: 1, max: 1e6, step: 1 }),
  };
  const bound = select(BOUNDS.map((one) => [String(one), t('quality.seconds', { value: String(one) })]),
    String(rule.freshness_bound_seconds));
  const problem = h('div');
  const act = async (call) => {
    try {
      await call();
      dialog.close();
      again();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const submit = (sent) => {
    sent.preventDefault();
    const numbers = Object.entries(shares).map(([key, control]) => [key, Number(control.value)]);
    act(() => api.put(path, { ...Object.fromEntries(numbers), freshness_bound_seconds: Number(bound.value) }));
  };
  const form = h('form.stack', { id: 'quality-rule', onsubmit: submit }, h('p', {}, t('quality.rule_text')),
    h('div.plan-form', {}, ...Object.entries(shares).map(([key, control]) => field(t(`quality_rule.${key}`), control)),
      field(t('quality_rule.freshness_bound_seconds'), bound)), problem);
  const dialog = openDialog(t('quality.rule_title', { event }), [form], [
    !isDefault && button({ text: t('quality.default_rule'), onclick: () => act(() => api.remove(path)) }),
    button({ text: t('quality.save_rule'), kind: 'primary', type: 'submit', form: 'quality-rule' }),
  ]);
  shares.validity_min.focus();
}
