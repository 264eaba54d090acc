// The period in the top bar: which days, and which others they are held against.

import { h, replace } from '../core/dom.js';
import { daySpan } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asDays, comparisonKind, COMPARISONS, currentRange, RANGES } from '../core/range.js';
import { setQuery } from '../core/router.js';
import { button, field, input } from '../ui/controls.js';
import { openDialog } from '../ui/dialog.js';
import { icon } from '../ui/icons.js';
import { menu } from '../ui/menu.js';

export function rangeControl() {
  const label = h('span', {}, '\u2026');
  const trigger = h('button.button.is-plain', { type: 'button' }, icon('calendar'), label, icon('down'));
  let range = null;
  const root = menu(trigger, () => items(range), { isStart: true });
  const span = h('span.range-span.soft.wide-only');
  const element = h('div.range-control', { hidden: true }, root, span);
  let serial = 0;
  const show = async (isUsed) => {
    element.hidden = !isUsed;
    if (!isUsed) return;
    serial += 1;
    const mine = serial;
    const query = new URLSearchParams(location.search);
    const found = await currentRange(query).catch(() => null);
    if (mine !== serial || !found) return;
    range = found;
    replace(label, nameOf(range.key, range.isPast));
    replace(span, daySpan(range.from, range.to));
  };
  return { element, show };
}

/** History that was imported has no today: its last day stands for it. */
function nameOf(key, isPast) {
  return t(key === 'today' && isPast ? 'range.last_day' : `range.${key}`);
}

function items(range) {
  if (!range) return [];
  const choices = RANGES.filter((key) => key !== 'custom').map((key) => ({
    text: nameOf(key, range.isPast),
    isChosen: range.key === key,
    onChoose: () => setQuery({ range: key === '28d' ? null : key, from: null, to: null, cursor: null }),
  }));
  const custom = { text: t('range.custom_open'), isChosen: range.key === 'custom', onChoose: () => chooseDays(range) };
  if (range.key === 'all') return [...choices, custom];
  return [
    ...choices, custom, 'line', { heading: t('range.compare') }, ...COMPARISONS.map((kind) => against(kind, range)),
  ];
}

/** One of what the period may be held against. */
function against(kind, range) {
  const isChosen = comparisonKind(new URLSearchParams(location.search)) === kind;
  const put = () => setQuery({
    compare: kind === COMPARISONS[0] ? null : kind, compare_from: null, compare_to: null,
  });
  const missing = isChosen && kind !== 'none' && !range.comparison;
  return {
    text: t(`range.compare_${kind}`), isChosen, onChoose: kind === 'custom' ? () => chooseComparison(range) : put,
    hint: missing ? t(kind === 'custom' ? 'range.no_such' : 'range.no_earlier') : null,
  };
}

function chooseDays(range) {
  askDays(t('range.custom'), asDays(range), (from, to) => setQuery({ range: 'custom', from, to }));
}

function chooseComparison(range) {
  const days = asDays(range.comparison ?? { from: range.from - (range.to - range.from), to: range.from });
  askDays(t('range.compare_custom'), days, (from, to) => setQuery({
    compare: 'custom', compare_from: from, compare_to: to,
  }));
}

/** Asks for the first and the last day of a period. */
function askDays(title, days, use) {
  const from = input({ type: 'date', value: days.from, required: true });
  const to = input({ type: 'date', value: days.to, required: true });
  const apply = () => {
    if (!from.value || !to.value) return;
    const [first, last] = [from.value, to.value].sort();
    use(first, last);
    dialog.close();
  };
  const fields = h('div.field-row', {}, field(t('range.from'), from), field(t('range.to'), to));
  const go = button({ text: t('range.apply'), kind: 'primary', onclick: apply });
  const dialog = openDialog(title, [fields], [go]);
}
