// The fields of a planned event: a table to edit, a dialog for all of a field, and what was seen beside it.

import { h, replace } from '../core/dom.js';
import { compact, exact, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { button, field, input, select } from '../ui/controls.js';
import { openDialog } from '../ui/dialog.js';
import { table } from '../ui/table.js';
import { plainValue } from '../ui/words.js';

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'any'];
const CLASSES = ['none', 'pseudonymous', 'personal', 'sensitive'];
const BASES = [
  'consent', 'contract', 'legal_duty', 'emergency', 'public_interest', 'already_public', 'other_law',
  'legitimate_interest',
];
const SHOWN_VALUES = 6;

/** Edits `event.fields` in place; `draw` shows them anew. */
export function fieldsTable(event, seen, isLocked) {
  const element = h('div');
  const bySeen = new Map(seen.map((one) => [one.path, one]));
  const draw = () => replace(element, event.fields.length === 0
    ? h('p.soft', {}, t('plan.no_fields'))
    : table(t('plan.fields_of'), columns(event, bySeen, isLocked, draw), event.fields));
  draw();
  return { element, draw };
}

function columns(event, bySeen, isLocked, draw) {
  const label = (row, words) => ({ 'aria-label': `${row.path} ${words}`, disabled: isLocked });
  const choice = (row, key, pairs, words) => select(pairs, row[key], {
    ...label(row, words), onchange: (change) => { row[key] = change.target.value; },
  });
  return [
    { title: t('plan.field'), isHeader: true, cell: (row) => h('span.id', {}, row.path) },
    { title: t('plan.type'), cell: (row) => choice(row, 'type', types(), t('plan.type')) },
    {
      title: t('plan.required'),
      cell: (row) => h('input.check', {
        type: 'checkbox', checked: row.required, ...label(row, t('plan.required')),
        onchange: (change) => { row.required = change.target.checked; },
      }),
    },
    {
      title: t('plan.meaning'), isWide: true,
      cell: (row) => input({
        value: row.meaning, maxlength: 160, ...label(row, t('plan.meaning')),
        oninput: (change) => { row.meaning = change.target.value; },
      }),
    },
    {
      title: t('plan.class'), cell: (row) => choice(row, 'personal_data', classes(), t('plan.class')),
    },
    { title: t('plan.rules'), cell: (row) => ruleText(row) },
    { title: t('plan.presence'), isNumber: true, cell: (row) => presence(bySeen.get(row.path)) },
    !isLocked && {
      title: h('span.visually-hidden', {}, t('column.actions')), isNumber: true,
      cell: (row) => h('span.cluster', {},
        button({
          text: t('plan.more'), kind: 'quiet', 'aria-label': `${t('plan.more')} ${row.path}`,
          onclick: () => openField(row, (changed) => { Object.assign(row, changed); draw(); }),
        }),
        button({
          label: t('plan.remove_field', { path: row.path }), sign: 'close', kind: 'quiet',
          onclick: () => { event.fields.splice(event.fields.indexOf(row), 1); draw(); },
        })),
    },
  ].filter(Boolean);
}

const types = () => TYPES.map((one) => [one, t(`plan_type.${one}`)]);
const classes = () => CLASSES.map((one) => [one, t(`plan_class.${one}`)]);
const bases = () => BASES.map((one) => [one, t(`plan_basis.${one}`)]);

function ruleText(row) {
  const allowed = row.allowed.map(plainValue);
  const shown = allowed.slice(0, SHOWN_VALUES).join(' · ') + (allowed.length > SHOWN_VALUES ? ' …' : '');
  const range = row.minimum !== null || row.maximum !== null ? `${row.minimum ?? ''} … ${row.maximum ?? ''}` : '';
  return [shown, range, row.nullable && t('plan.nullable')].filter(Boolean).join(t('plan.comma')) || '–';
}

function presence(seen) {
  return seen && seen.around > 0 ? percent(Math.min(1, seen.count / seen.around)) : '–';
}

export function addField(event, draw) {
  const blank = {
    path: 'properties.', type: 'string', required: false, nullable: false, allowed: [], minimum: null, maximum: null,
    meaning: '', owner: '', purpose: '', legal_basis: null, personal_data: 'none', retention_days: null,
  };
  openField(blank, (made) => { event.fields.push(made); draw(); }, true);
}

/** All that a field has, in one dialog; the server checks what is saved. */
function openField(row, done, isNew = false) {
  const text = (key, more = {}) => input({ value: row[key] ?? '', maxlength: 160, ...more });
  const path = text('path', { required: true, maxlength: 512, readonly: !isNew });
  const type = select(types(), row.type);
  const [required, nullable] = ['required', 'nullable'].map((key) => h('input.check', {
    type: 'checkbox', checked: row[key],
  }));
  const allowed = h('textarea.input', { rows: 3 }, row.allowed.map((one) => JSON.stringify(one)).join('\n'));
  const [least, most] = ['minimum', 'maximum'].map((key) => text(key, { type: 'number', step: 'any' }));
  const [meaning, owner, purpose] = ['meaning', 'owner', 'purpose'].map((key) => text(key));
  const basis = select([['', t('plan.no_basis')], ...bases()], row.legal_basis ?? '');
  const personal = select(classes(), row.personal_data);
  const days = text('retention_days', { type: 'number', min: 1, max: 36500 });
  const submit = (event) => {
    event.preventDefault();
    done({
      ...row, path: path.value.trim(), type: type.value, required: required.checked, nullable: nullable.checked,
      allowed: allowed.value.split('\n').map((one) => one.trim()).filter(Boolean).map(valueOf),
      minimum: numberOf(least), maximum: numberOf(most), meaning: meaning.value, owner: owner.value,
      purpose: purpose.value, legal_basis: basis.value || null, personal_data: personal.value,
      retention_days: numberOf(days),
    });
    dialog.close();
  };
  const form = h('form.stack', { id: 'plan-field', onsubmit: submit },
    field(t('plan.path'), path, t('plan.path_hint')), field(t('plan.type'), type),
    h('div.cluster', {}, h('label.cluster', {}, required, t('plan.required')),
      h('label.cluster', {}, nullable, t('plan.nullable'))),
    field(t('plan.allowed'), allowed, t('plan.allowed_hint')),
    h('div.plan-form', {}, field(t('plan.minimum'), least), field(t('plan.maximum'), most)),
    field(t('plan.meaning'), meaning), field(t('plan.owner'), owner), field(t('plan.purpose'), purpose),
    h('div.plan-form', {}, field(t('plan.class'), personal), field(t('plan.basis'), basis),
      field(t('plan.retention'), days)));
  const dialog = openDialog(isNew ? t('plan.add_field') : row.path, [form], [
    button({ text: t('plan.take_over'), kind: 'primary', type: 'submit', form: 'plan-field' }),
  ]);
  (isNew ? path : type).focus();
}

/** A value as JSON; what is none is a text. */
function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function numberOf(control) {
  return control.value === '' ? null : Number(control.value);
}

export function seenColumns() {
  return [
    { title: t('plan.field'), isHeader: true, csv: (row) => row.path, cell: (row) => h('span.id', {}, row.path) },
    {
      title: t('plan.kinds'), csv: (row) => row.kinds.map((one) => `${one.kind}:${one.count}`).join(' '),
      cell: (row) => row.kinds.map((one) => t(`plan_type.${one.kind}`)).join(t('plan.comma')),
    },
    { title: t('plan.presence'), isNumber: true, csv: (row) => row.count / row.around, cell: presence },
    { title: t('plan.sample'), isNumber: true, csv: (row) => row.count, cell: (row) => compact(row.count) },
    { title: t('plan.values'), isWide: true, csv: (row) => valueText(row), cell: valueText },
  ];
}

function valueText(row) {
  if (row.personal_form) {
    return t('plan.looks_personal', { form: t(`plan_form.${row.personal_form}`), example: row.example });
  }
  if (row.values?.length) {
    const shown = row.values.slice(0, SHOWN_VALUES).map((one) => plainValue(one.value)).join(' · ');
    return row.values.length > SHOWN_VALUES ? `${shown} …` : shown;
  }
  return row.minimum === null ? '–' : `${exact(row.minimum)} … ${exact(row.maximum)}`;
}
