// Audiences that are kept under a name: how many are in each, and how they overlap.

import { api } from '../core/api.js';
import { announce, h } from '../core/dom.js';
import { exact, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { may } from '../core/session.js';
import { withQuery } from '../core/router.js';
import { button, field, input } from '../ui/controls.js';
import { confirmAction, openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { asking, errorWords } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';

const OVERLAP_MAX = 8;

const titleOf = ({ title, name }) => title || name;

/** @param current - gives the audience that is being built */
export function savedAudiences(current) {
  const place = asking((answer) => draw(answer, current, again), { lines: 3 });
  const again = () => place.ask(load);
  return { element: place.element, start: again, stop: place.stop };
}

async function load(signal) {
  const { audiences } = await api.get('/audiences', {}, signal);
  const held = audiences.slice(0, OVERLAP_MAX);
  const overlap = held.length > 1
    ? await api.ask('audience-overlap', { audiences: held.map(({ name }) => name) }, signal) : null;
  return { audiences, held, overlap };
}

function draw({ audiences, held, overlap }, current, again) {
  const save = may('operate') && button({
    text: t('audience.save'), sign: 'plus', onclick: () => saveDialog(current(), again),
  });
  const list = audiences.length > 0
    ? table(t('audience.saved'), listColumns(again), audiences)
    : h('p.panel-hint', {}, t('audience.saved_none'));
  return h('div.stack', {},
    panel(t('audience.saved'), list, { tools: [save], isFlush: true, hint: t('audience.saved_hint') }),
    overlap && overlapPanel(held, overlap));
}

function listColumns(again) {
  return [
    {
      title: t('audience.name'), isHeader: true,
      cell: (row) => h('a.link', { href: withQuery({ audience: JSON.stringify(row.audience) }) }, titleOf(row)),
    },
    {
      title: t('figure.people'), isNumber: true, cell: (row) => (row.count === null ? '–' : exact(row.count)),
    },
    { title: t('audience.version'), isNumber: true, cell: (row) => exact(row.version) },
    {
      title: '', cell: (row) => may('operate') && button({
        label: t('audience.delete', { name: titleOf(row) }), sign: 'close', kind: 'quiet',
        onclick: () => remove(row, again),
      }),
    },
  ];
}

async function remove(row, again) {
  const isMeant = await confirmAction({
    title: t('audience.delete', { name: titleOf(row) }), text: t('audience.delete_text'),
    action: t('audience.delete_go'),
  });
  if (!isMeant) return;
  await api.remove(`/audiences/${row.name}`).catch((error) => announce(errorWords(error)));
  again();
}

/** The name is what programs call it by; the title is for people. */
function saveDialog(audience, again) {
  const title = input({ maxlength: 60, required: true });
  const name = input({ maxlength: 64, required: true, pattern: '[A-Za-z0-9._\\-]{1,64}' });
  const status = h('p', { role: 'alert' });
  const form = h('form.stack', {
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await api.put(`/audiences/${name.value}`, { title: title.value.trim(), audience });
        dialog.close();
        again();
      } catch (error) {
        status.textContent = errorWords(error);
      }
    },
  }, field(t('audience.title'), title), field(t('audience.id'), name, t('audience.id_hint')), status, button({
    text: t('audience.save'), kind: 'primary', type: 'submit',
  }));
  const dialog = openDialog(t('audience.save'), [form]);
  title.focus();
}

/** How much of the one in the row is also in the one above the column. */
function overlapPanel(held, overlap) {
  const count = (one, other) => {
    if (one === other) return overlap.audiences[one].count;
    return overlap.pairs.find((pair) => pair.one === Math.min(one, other) && pair.other === Math.max(one, other)).both;
  };
  const rows = held.map((one, index) => ({ name: titleOf(one), index }));
  const columns = [
    { title: t('audience.name'), isHeader: true, cell: (row) => row.name, csv: (row) => row.name },
    ...held.map((one, index) => ({
      title: titleOf(one), isNumber: true, csv: (row) => count(row.index, index),
      cell: (row) => heat(count(row.index, index), overlap.audiences[row.index].count, row.index === index),
    })),
  ];
  const title = t('audience.overlap');
  return panel(title, table(title, columns, rows), {
    tools: [csvButton('audience-overlap', columns, rows)], isFlush: true, hint: t('audience.overlap_hint'),
    metric: overlap.metric,
  });
}

function heat(both, all, isItself) {
  const share = all > 0 ? both / all : 0;
  const style = { '--strength': isItself ? '0%' : `${Math.round(share * 60)}%` };
  return h('span.heat', { style, title: percent(share) }, exact(both),
    !isItself && h('span.soft.small', {}, `  ${percent(share)}`));
}
