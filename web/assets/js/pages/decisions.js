// What was decided for whom, newest first.

import { api } from '../core/api.js';
import { debounce, h, replace } from '../core/dom.js';
import { percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { setQuery, withQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { copyBlock, field, input, select } from '../ui/controls.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { personLink, subjectText, timeText } from '../ui/words.js';
import { outcomeBadge, outcomeOf } from './decision_parts.js';
import { firstDecisionCommand } from './first_event.js';

const PAGE_ROWS = 50;
const CHOICES_SHOWN = 3;

export default {
  title: () => t('nav.decisions'),
  show({ query }) {
    const place = asking(draw, { lines: 10 });
    const filters = h('search.filters');
    const update = (now) => {
      const question = {
        surface: now.get('surface'), person: now.get('person'), cursor: now.get('cursor'), limit: PAGE_ROWS,
      };
      place.ask(async (signal) => ({ question, ...await api.get('/decisions', question, signal) }));
      drawFilters(filters, now);
    };
    update(query);
    const head = pageHead(t('nav.decisions'), t('decisions.lead'));
    return { element: h('div', {}, head, filters, place.element), update, leave: place.stop };
  },
};

async function drawFilters(filters, query) {
  if (filters.contains(document.activeElement)) return;
  const { surfaces } = await vocabulary().catch(() => ({ surfaces: [] }));
  const chosen = query.get('surface') ?? '';
  const known = [...new Set([...surfaces, ...(chosen ? [chosen] : [])])];
  const pairs = [['', t('decisions.all_surfaces')], ...known.map((name) => [name, wordFor('surface', name)])];
  const surface = select(pairs, chosen, {
    onchange: (event) => setQuery({ surface: event.target.value, cursor: null }),
  });
  const person = input({ type: 'search', value: query.get('person') ?? '', placeholder: t('decisions.person_hint') });
  person.addEventListener(
    'input', debounce(400, () => setQuery({ person: person.value.trim(), cursor: null }, { isReplacing: true }))
  );
  replace(filters, h('div.field-row', {}, field(t('column.surface'), surface), field(t('column.person'), person)));
}

const choicesText = (row) => row.choices.map((choice) => subjectText(choice.subject, choice.title));

const columns = () => [
  {
    title: t('column.time'), isHeader: true, csv: (row) => row.time,
    cell: (row) => h('a', { href: `/decisions/${encodeURIComponent(row.decision)}` }, timeText(row.time)),
  },
  { title: t('column.person'), cell: (row) => personLink(row.person), csv: (row) => row.person },
  { title: t('column.surface'), cell: (row) => wordFor('surface', row.surface), csv: (row) => row.surface },
  { title: t('column.choices'), isWide: true, cell: choicesCell, csv: (row) => choicesText(row).join(' | ') },
  {
    title: t('column.probability'), isNumber: true, csv: (row) => row.choices[0]?.probability,
    cell: (row) => percent(row.choices[0]?.probability),
  },
  { title: t('column.outcome'), cell: (row) => outcomeBadge(row.outcomes), csv: (row) => outcomeOf(row.outcomes).text },
  {
    title: t('column.policy'), cell: (row) => h('span.soft', { title: row.model }, wordFor('policy', row.policy)),
    csv: (row) => row.policy,
  },
];

function choicesCell(row) {
  const names = choicesText(row);
  const rest = names.length - CHOICES_SHOWN;
  return h('span.clip', { title: names.join('\n') }, names.slice(0, CHOICES_SHOWN).join(t('list.separator')),
    rest > 0 && h('span.faint', {}, ` ${t('decisions.more_choices', { count: rest })}`));
}

function draw({ decisions, next, question }) {
  const isFiltered = question.surface || question.person;
  if (decisions.length === 0 && isFiltered) {
    const clear = h('a.button.is-plain', { href: '/decisions' }, t('decisions.clear'));
    return emptyState({ title: t('decisions.none_title'), text: t('decisions.none_text'), next: clear });
  }
  if (decisions.length === 0) {
    return emptyState({
      title: t('decisions.empty_title'), text: t('decisions.empty_text'), next: copyBlock(firstDecisionCommand()),
    });
  }
  const pages = pager({
    firstHref: question.cursor && withQuery({ cursor: null }), nextHref: next && withQuery({ cursor: next }),
  });
  const title = t('decisions.table');
  return panel(title, [table(title, columns(), decisions), pages], {
    tools: [csvButton('decisions', columns(), decisions)], isFlush: true,
  });
}
