// Which ids are one person: what links them, how that came about, and how an operator takes it back.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { may } from '../core/session.js';
import { badge, button, field, input } from '../ui/controls.js';
import { openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { errorState } from '../ui/states.js';
import { csvButton, table } from '../ui/table.js';
import { timeText } from '../ui/words.js';

const TONES = { joined: 'good', shared: 'watch', separated: 'plain' };

/** A panel of a person's ids; empty for one who is known by one id alone. `onChange` is called after a judgement. */
export function personIDs(id, onChange) {
  const place = h('div');
  const path = `/people/${encodeURIComponent(id)}/identity`;
  const load = async () => {
    try {
      const answer = await api.get(path);
      replace(place, answer.links.length > 0 && draw(answer, onChange));
    } catch (error) {
      replace(place, errorState(error, load));
    }
  };
  load();
  return place;
}

function draw({ members, links, changes }, onChange) {
  const result = h('div', { role: 'status' });
  const columns = linkColumns(result, onChange);
  const title = t('ids.title');
  const content = h('div.stack', {},
    h('p.soft', {}, t('ids.sentence', { count: members.length })), result,
    table(title, columns, links), changes.length > 0 && history(changes));
  return panel(title, content, { tools: [csvButton('ids', columns, links)], hint: t('ids.hint') });
}

function linkColumns(result, onChange) {
  return [
    { title: t('ids.anchor'), isHeader: true, cell: (link) => idCell(link.anchor), csv: (link) => link.anchor.id },
    { title: t('ids.other'), cell: (link) => idCell(link.other), csv: (link) => link.other.id },
    {
      title: t('column.state'), csv: (link) => link.standing,
      cell: (link) => badge(wordFor('standing', link.standing), TONES[link.standing]),
    },
    { title: t('figure.events'), isNumber: true, cell: (link) => exact(link.events), csv: (link) => link.events },
    { title: t('column.first_seen'), cell: (link) => timeText(link.first_time), csv: (link) => link.first_time },
    { title: t('column.last_seen'), cell: (link) => timeText(link.last_time), csv: (link) => link.last_time },
    may('operate') && {
      title: h('span.visually-hidden', {}, t('ids.act')), cell: (link) => actionFor(link, result, onChange),
    },
  ].filter(Boolean);
}

function idCell({ kind, id }) {
  const link = h('a.link', { href: `/people/${encodeURIComponent(id)}` }, id);
  return h('span.cluster', {}, badge(wordFor('id_kind', kind)), link);
}

/** A shared id joins nothing by itself: there is nothing to take apart. */
function actionFor(link, result, onChange) {
  if (link.standing === 'shared') return null;
  const verb = link.standing === 'separated' ? 'rejoin' : 'separate';
  return button({ text: t(`ids.${verb}`), kind: 'quiet', onclick: () => ask(link, verb, result, onChange) });
}

function ask(link, verb, result, onChange) {
  const reason = input({ maxlength: 200 });
  const names = { anchor: link.anchor.id, other: link.other.id };
  const cancel = button({ text: t('dialog.cancel'), onclick: () => dialog.close() });
  const go = button({
    text: t(`ids.${verb}`), kind: 'primary', onclick: async () => {
      dialog.close();
      try {
        const body = { person: link.anchor.id, other: link.other.id, reason: reason.value || null };
        await api.post(`/identity/${verb}`, body);
        onChange();
      } catch (error) {
        replace(result, errorState(error));
      }
    },
  });
  const content = [h('p', {}, t(`ids.${verb}_text`, names)), field(t('ids.reason'), reason)];
  const dialog = openDialog(t(`ids.${verb}_title`), content, [cancel, go]);
}

function history(changes) {
  const rows = changes.map((change) => {
    const words = [
      change.joined.length > 0 && t('ids.joined', { ids: change.joined.join(', ') }),
      change.left.length > 0 && t('ids.left', { ids: change.left.join(', ') }),
    ].filter(Boolean);
    return h('li', {}, h('span.faint', {}, timeText(change.time)), ' ', words.join(' · '));
  });
  return h('details.timeline-properties', {}, h('summary', {}, t('ids.history')), h('ol.stack-small', {}, ...rows));
}
