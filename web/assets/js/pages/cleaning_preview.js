// What steps would make of the last events, beside what is made of them now.

import { h } from '../core/dom.js';
import { exact, exactMoney, moneyText } from '../core/format.js';
import { t } from '../core/i18n.js';
import { note } from '../ui/states.js';
import { table } from '../ui/table.js';
import { plainValue } from '../ui/words.js';

export function comparison(answer) {
  const { before, after, events, different } = answer;
  if (events === 0) return note(t('cleaning.no_events'));
  const text = h('p', {}, t('cleaning.compared', { events, different }));
  return [text, numbers(before, after), different > 0 && pairs(answer.pairs)];
}

function numbers(before, after) {
  const row = (name, read, write = exact) => ({ name, before: write(read(before)), after: write(read(after)) });
  const rows = [
    ...before.steps.map(({ step }, index) => row(t(`cleaning.step_${step}`), (side) => side.steps[index].changed)),
    row(t('cleaning.unresolved'), (side) => side.steps.reduce((sum, step) => sum + step.unresolved, 0)),
    row(t('cleaning.bot'), (side) => side.bot), row(t('cleaning.own'), (side) => side.own),
    row(t('cleaning.counted'), (side) => side.counted), row(t('cleaning.people'), (side) => side.people),
    row(t('cleaning.orders'), (side) => side.orders),
    row(t('cleaning.gmv'), (side) => side.gmv, (sums) => moneyText(sums, exactMoney)),
  ];
  const side = (name) => ({
    title: t(`cleaning.${name}`), isNumber: true,
    cell: (one) => (one.before === one.after ? one[name] : h('strong', {}, one[name])),
  });
  const columns = [{ title: t('column.step'), isHeader: true, cell: (one) => one.name }, side('before'), side('after')];
  return table(t('cleaning.numbers'), columns, rows);
}

/** The events that become others, by the fields in which they do. */
function pairs(list) {
  const columns = [
    { title: t('column.event'), isHeader: true, cell: ({ before }) => before.event.name },
    { title: t('column.step'), cell: ({ before, after }) => changedBy(before, after) },
    { title: t('cleaning.difference'), isWide: true, cell: ({ before, after }) => h('div.cleaning-diff', {},
      ...differences(before.event, after.event).flatMap(([name, from, to]) => [
        h('span.faint', {}, name), h('del', {}, from), h('ins', {}, to),
      ])) },
  ];
  return h('div.cleaning-pairs', {}, table(t('cleaning.pairs'), columns, list));
}

function changedBy(before, after) {
  const steps = new Set([...before.changed, ...after.changed]);
  return [...steps].map((step) => t(`cleaning.step_${step}`)).join(' · ');
}

function differences(before, after) {
  const [from, to] = [flat(before), flat(after)];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.filter((name) => from[name] !== to[name]).map((name) => [name, from[name] ?? '–', to[name] ?? '–']);
}

function flat({ properties = {}, ...event }) {
  return Object.fromEntries([...Object.entries(event), ...Object.entries(properties)].map(
    ([name, value]) => [name, Number.isInteger(value?.minor) ? exactMoney(value) : plainValue(value)]));
}
