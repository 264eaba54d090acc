// The period in the top bar: which days, and whether they are held against the days before.

import { h, replace } from '../core/dom.js';
import { daySpan } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asDays, currentRange, RANGES } from '../core/range.js';
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
  const isAlone = new URLSearchParams(location.search).get('compare') === 'none';
  const early = !isAlone && !range.comparison ? t('range.no_earlier') : null;
  const compare = (value) => () => setQuery({ compare: value });
  return [
    ...choices, custom, 'line', { heading: t('range.compare') },
    { text: t('range.compare_previous'), isChosen: !isAlone, hint: early, onChoose: compare(null) },
    { text: t('range.compare_none'), isChosen: isAlone, onChoose: compare('none') },
  ];
}

function chooseDays(range) {
  const days = asDays(range);
  const from = input({ type: 'date', value: days.from, required: true });
  const to = input({ type: 'date', value: days.to, required: true });
  const apply = () => {
    if (!from.value || !to.value) return;
    const [first, last] = [from.value, to.value].sort();
    setQuery({ range: 'custom', from: first, to: last });
    dialog.close();
  };
  const fields = h('div.field-row', {}, field(t('range.from'), from), field(t('range.to'), to));
  const go = button({ text: t('range.apply'), kind: 'primary', onclick: apply });
  const dialog = openDialog(t('range.custom'), [fields], [go]);
}
