// Other systems that push JSON of their own shape.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { may } from '../core/session.js';
import { badge, button, checkbox, copyBlock, field, input, select, textArea } from '../ui/controls.js';
import { confirmAction, openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { asking, emptyState, errorState, note } from '../ui/states.js';
import { table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { trialBox } from './mapping_trial.js';

const FIRST_MAPPING = {
  records: [{
    fields: {
      id: { template: 'order-{id}' }, person: 'customer.id', name: { const: 'order_paid' }, time: 'created_at',
      subject: { template: 'order:{id}' }, value: { amount: { number: 'total_price' }, currency: 'currency' },
    },
  }],
};
// As the senders document it.
const PRESETS = {
  none: { kind: 'none' },
  github: { kind: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=', encoding: 'hex' },
  shopify: { kind: 'hmac', header: 'X-Shopify-Hmac-Sha256', prefix: '', encoding: 'base64' },
  stripe: { kind: 'timestamped', header: 'Stripe-Signature', tolerance_seconds: 300 },
  token: { kind: 'token', header: 'Authorization', prefix: 'Bearer ' },
  query_token: { kind: 'query_token', parameter: 'token' },
};

export function webhooksView() {
  const problem = h('div', { role: 'status' });
  const place = asking(({ webhooks }) => list(webhooks, load, problem), { lines: 4 });
  const load = () => place.ask((signal) => api.get('/webhooks', {}, signal));
  load();
  const add = button({ text: t('webhooks.add'), sign: 'plus', onclick: () => editWebhook(null, load) });
  const element = panel(t('webhooks.title'), [problem, place.element], {
    tools: may('operate') ? [add] : [], isFlush: true, hint: t('webhooks.hint'),
  });
  return { element, leave: place.stop };
}

function list(webhooks, load, problem) {
  if (webhooks.length === 0) return emptyState({ title: t('webhooks.none_title'), text: t('webhooks.none_text') });
  const columns = [
    { title: t('column.source'), isHeader: true, cell: (row) => row.name },
    { title: t('webhooks.address'), isWide: true, cell: (row) => h('code.id', {}, row.address) },
    {
      title: t('webhooks.check'),
      cell: (row) => (row.check.kind === 'none' ? badge(t('webhook_check.none'), 'watch', 'alert')
        : badge(t(`webhook_check.${row.check.kind}`), 'good', 'check')),
    },
    {
      title: t('column.state'),
      cell: (row) => (row.enabled ? badge(t('sources.on'), 'good', 'check') : badge(t('sources.off'))),
    },
    { title: t('import.changed'), cell: (row) => timeText(row.updated_at) },
    {
      title: h('span.visually-hidden', {}, t('column.actions')), isNumber: true,
      cell: (row) => may('operate') && actions(row, load, problem),
    },
  ];
  return table(t('webhooks.title'), columns, webhooks);
}

function actions(webhook, load, problem) {
  const remove = async () => {
    const texts = {
      title: t('webhooks.remove_title', { name: webhook.name }), text: t('webhooks.remove_text'),
      action: t('sources.remove'),
    };
    if (!(await confirmAction(texts))) return;
    try {
      await api.remove(`/webhooks/${encodeURIComponent(webhook.name)}`);
      replace(problem);
      load();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  return h('div.cluster', {},
    button({ text: t('sources.edit'), kind: 'quiet', onclick: () => editWebhook(webhook, load) }),
    button({ text: t('sources.remove'), kind: 'quiet', onclick: remove }));
}

function editWebhook(webhook, load) {
  const name = input({
    required: true, maxlength: 64, pattern: '[A-Za-z0-9._\\-]+', value: webhook?.name ?? '', readonly: Boolean(webhook),
  });
  const text = JSON.stringify(webhook?.mapping ?? FIRST_MAPPING, null, 2);
  const mapping = textArea({ rows: 12, required: true, value: text });
  const check = checkFields(webhook);
  const number = String(webhook?.answer.status ?? 200);
  const status = input({ type: 'number', min: 200, max: 299, required: true, value: number });
  const type = input({ value: webhook?.answer.type ?? 'application/json', maxlength: 100 });
  const answer = input({ value: webhook?.answer.body ?? '', maxlength: 4000 });
  const enabled = checkbox(t('sources.enabled'), webhook?.enabled ?? true);
  const problem = h('div', { role: 'status' });
  const submit = async (event) => {
    event.preventDefault();
    try {
      const saved = await api.put(`/webhooks/${encodeURIComponent(name.value.trim())}`, {
        mapping: JSON.parse(mapping.value), ...check.read(), enabled: enabled.box.checked,
        answer: { status: Number(status.value), type: type.value.trim(), body: answer.value },
      });
      dialog.close();
      load();
      if (webhook) return;
      const address = copyBlock(location.origin + saved.address);
      openDialog(t('webhooks.made'), [h('p', {}, t('webhooks.made_text')), address]);
    } catch (error) {
      replace(problem, error instanceof SyntaxError ? note(t('import.no_json'), 'bad') : errorState(error));
    }
  };
  const trial = trialBox(
    t('webhooks.trial'), (body) => api.post('/mapping-trial', { mapping: JSON.parse(mapping.value), body })
  );
  const content = h('form.stack-small', { id: 'edit-webhook', onsubmit: submit },
    field(t('sign_in.name'), name, t('webhooks.name_hint')),
    field(t('import.mapping'), mapping, t('sources.mapping_hint')), trial, check.element,
    h('div.field-grid', {}, field(t('webhooks.answer_status'), status), field(t('webhooks.answer_type'), type),
      field(t('webhooks.answer_body'), answer, t('webhooks.answer_hint'))), enabled.element, problem);
  const title = webhook ? t('webhooks.edit_title', { name: webhook.name }) : t('webhooks.add');
  const dialog = openDialog(title, [content], [
    button({ text: t('sources.save'), kind: 'primary', type: 'submit', form: 'edit-webhook' }),
  ]);
  dialog.classList.add('is-wide');
}

/** How the sender proves itself: a preset of a known sender, and the names that it uses. */
function checkFields(webhook) {
  let current = webhook?.check ?? PRESETS.github;
  const presets = Object.keys(PRESETS).map((one) => [one, t(`webhook_preset.${one}`)]);
  const matching = Object.keys(PRESETS).find((one) => PRESETS[one].header === current.header
    && PRESETS[one].kind === current.kind) ?? '';
  const preset = select([...(matching ? [] : [['', t('webhook_preset.own')]]), ...presets], matching);
  const secret = input({ type: 'password', maxlength: 500, autocomplete: 'new-password' });
  const place = h('div.field-grid');
  const draw = () => {
    const named = (member, label) => {
      const control = input({ value: current[member] ?? '', maxlength: 64 });
      control.addEventListener('input', () => { current = { ...current, [member]: control.value }; });
      return field(label, control);
    };
    replace(place, current.header !== undefined && named('header', t('webhooks.header')),
      current.prefix !== undefined && named('prefix', t('webhooks.prefix')),
      current.parameter !== undefined && named('parameter', t('webhooks.parameter')),
      current.kind !== 'none' && field(
        t('webhooks.secret'), secret, webhook?.has_secret ? t('webhooks.secret_kept') : t('webhooks.secret_hint')
      ),
      current.kind === 'none' && note(t('webhooks.open_warning'), 'watch'));
  };
  preset.addEventListener('change', () => {
    current = PRESETS[preset.value] ?? current;
    draw();
  });
  draw();
  return {
    element: h('div.stack-small', {}, field(t('webhooks.check'), preset), place),
    read: () => ({ check: current, ...(secret.value ? { secret: secret.value } : {}) }),
  };
}
