// Everyone there is, found by the beginning of their id.

import { api } from '../core/api.js';
import { debounce, h } from '../core/dom.js';
import { compact, exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { setQuery, withQuery } from '../core/router.js';
import { copyBlock, input, withTitle } from '../ui/controls.js';
import { moneyColumns } from '../ui/money_columns.js';
import { pageHead, panel } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { csvButton, pager, table } from '../ui/table.js';
import { personLink, timeText } from '../ui/words.js';
import { firstEventCommand } from './first_event.js';
import { peopleErasures } from './people_erasures.js';

const PAGE_ROWS = 50;

export default {
  title: () => t('nav.people'),
  show({ query }) {
    const box = input({
      type: 'search', value: query.get('query') ?? '', 'aria-label': t('people.search'),
      placeholder: t('people.search'),
    });
    const look = debounce(200, () => setQuery({ query: box.value.trim(), cursor: null }, { isReplacing: true }));
    box.addEventListener('input', look);
    const place = asking((answer) => draw(answer), { lines: 10 });
    const update = (now) => {
      if (document.activeElement !== box) box.value = now.get('query') ?? '';
      const question = { query: now.get('query'), cursor: now.get('cursor'), limit: PAGE_ROWS };
      place.ask(async (signal) => ({ question, ...await api.get('/people', question, signal) }));
    };
    update(query);
    const search = h('search.search-row', {}, box);
    const erasures = peopleErasures();
    return {
      element: h('div', {}, pageHead(t('nav.people'), t('people.lead')), search, h('div.stack', {}, place.element,
        erasures.element)), update,
      leave: () => {
        place.stop();
        erasures.stop();
      },
    };
  },
};

const columnsFor = (rows) => [
  {
    title: t('column.person'), isHeader: true, isWide: true, cell: (row) => personLink(row.person),
    csv: (row) => row.person,
  },
  {
    title: t('figure.events'), isNumber: true, cell: (row) => withTitle(compact(row.events), exact(row.events)),
    csv: (row) => row.events,
  },
  { title: t('figure.orders'), isNumber: true, cell: (row) => exact(row.orders), csv: (row) => row.orders },
  ...moneyColumns(t('figure.gmv'), rows, (row) => row.gmv),
  {
    title: t('column.first_seen'), isNumber: true, cell: (row) => timeText(row.first_time),
    csv: (row) => row.first_time,
  },
  { title: t('column.last_seen'), isNumber: true, cell: (row) => timeText(row.last_time), csv: (row) => row.last_time },
];

function draw({ people, next, total, question }) {
  if (people.length === 0 && question.query) {
    const clear = h('a.button.is-plain', { href: withQuery({ query: null, cursor: null }) }, t('people.clear'));
    return emptyState({
      title: t('people.none_title', { query: question.query }), text: t('people.none_text'), next: clear,
    });
  }
  if (people.length === 0) {
    return emptyState({
      title: t('people.empty_title'), text: t('people.empty_text'), next: copyBlock(firstEventCommand()),
    });
  }
  const title = t('people.count', { count: total });
  const pages = pager({
    firstHref: question.cursor && withQuery({ cursor: null }), nextHref: next && withQuery({ cursor: next }),
  });
  const columns = columnsFor(people);
  return panel(
    title, [table(title, columns, people), pages], { tools: [csvButton('people', columns, people)], isFlush: true }
  );
}
