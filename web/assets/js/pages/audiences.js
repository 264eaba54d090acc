// Who they are: people found by what they did and did not do, kept under a name, and held against each other.

import { api } from '../core/api.js';
import { debounce, h, keepFocus, replace } from '../core/dom.js';
import { exact, percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { setQuery, withQuery } from '../core/router.js';
import { button, copyBlock } from '../ui/controls.js';
import { figure, figures, panel } from '../ui/panel.js';
import { resultWords } from '../ui/result.js';
import { asking, emptyState, errorWords } from '../ui/states.js';
import { downloadCsv, table } from '../ui/table.js';
import { personLink } from '../ui/words.js';
import { audienceBuilder } from './audience_builder.js';
import { audienceFrom, newLeaf, wholeAudience } from './audience_expression.js';
import { savedAudiences } from './audience_saved.js';
import { firstEventCommand } from './first_event.js';
import { questionPage } from './question_page.js';

const SHOWN = 20;
const EXPORTED_MAX = 100_000;
const TYPING_MS = 250;

export default {
  title: () => t('nav.audiences'),
  show: ({ query }) => questionPage(query, {
    title: t('nav.audiences'), lead: t('audience.lead'), empty, views: [{ name: 'audience', make: audienceView }],
  }),
};

function empty() {
  return emptyState({
    title: t('audience.empty_title'), text: t('audience.empty_text'), next: copyBlock(firstEventCommand()),
  });
}

function usual(words) {
  const known = (name) => (words.names.includes(name) ? name : words.names[0]);
  const did = (name) => ({ ...newLeaf('did', words), did: { name: known(name) } });
  return { all: [did('product_view'), { not: did('order_paid') }] };
}

function audienceView(query) {
  let [now, words, audience] = [query, null, null];
  const editor = h('div');
  const size = h('p.result-sentence.audience-size', { role: 'status' });
  const result = asking((answer) => {
    replace(size, ...sizeWords(answer));
    return list(answer);
  }, { lines: 6 });
  const difference = asking(drawDifference, { lines: 2 });
  const saved = savedAudiences(() => wholeAudience(audience));
  const look = () => {
    const asked = wholeAudience(audience);
    if (!asked) return;
    result.ask((signal) => ask(asked, now, signal));
    difference.ask((signal) => askDifference(asked, now, signal));
  };
  const lookSoon = debounce(TYPING_MS, () => {
    history.replaceState(null, '', withQuery({ audience: JSON.stringify(audience) }));
    look();
  });
  const put = (change, isTyping) => {
    audience = change(audience);
    if (isTyping) lookSoon();  // The editor stays as it is under the hands of who types.
    else setQuery({ audience: JSON.stringify(audience) }, { isReplacing: true });
  };
  const drawEditor = () => keepFocus(editor, () => replace(editor, panel(
    t('audience.conditions'), audienceBuilder(audience, words, put))));
  const update = (changed) => {
    now = changed;
    if (!words) return;
    audience = audienceFrom(now.get('audience')) ?? usual(words);
    drawEditor();
    look();
  };
  const start = (known) => {
    words = known;
    update(now);
    api.get('/stage-models').then(({ models }) => {
      words = { ...words, models };
      drawEditor();
    }).catch(() => {});  // Without models there is no condition on stages.
    saved.start();
    return h('div.stack', {}, size, editor, result.element, difference.element, saved.element);
  };
  const stop = () => {
    result.stop();
    difference.stop();
    saved.stop();
  };
  return { name: 'audience', start, update, stop };
}

const moment = (ms) => new Date(ms).toISOString();

async function ask(audience, query, signal) {
  const range = await currentRange(query);
  const body = { audience, as_of: moment(range.to) };
  return { body, ...await api.ask('audience', { ...body, limit: SHOWN }, signal) };
}

async function askDifference(audience, query, signal) {
  const range = await currentRange(query);
  const body = { audience, ...asQuery(range), limit: SHOWN };
  return { range, ...await api.ask('audience-difference', body, signal) };
}

const columns = () => [{ title: t('column.person'), isHeader: true, cell: personLink, csv: (row) => row }];

function sizeWords(answer) {
  const { count, of } = answer;
  const words = count === 0 ? t('audience.nobody') : t('audience.sentence', { count, share: percent(count / of), of });
  return resultWords(words, answer);
}

function list({ count, people, body }) {
  if (count === 0) return null;
  const title = people.length < count ? t('audience.list_first', { shown: people.length }) : t('audience.list');
  return panel(title, table(title, columns(), people), { tools: exportTools(body), isFlush: true });
}

function exportTools(body) {
  const status = h('span.soft', { role: 'status' });
  const take = async () => {
    try {
      const answer = await api.ask('audience', { ...body, limit: EXPORTED_MAX });
      downloadCsv('audience', columns(), answer.people);
      replace(status, answer.next
        ? t('audience.exported_first', { shown: EXPORTED_MAX, count: answer.count }) : '');
    } catch (error) {
      replace(status, errorWords(error));
    }
  };
  return [status, button({ text: 'CSV', label: t('export.csv'), sign: 'download', kind: 'quiet', onclick: take })];
}

/** Who came and who left within the period that is looked at. */
function drawDifference(answer) {
  const rows = ['entered', 'left'].flatMap((change) => answer[change].people.map((person) => ({ change, person })));
  const title = t('audience.difference');
  const list = [
    {
      title: t('audience.change'), cell: (row) => t(`audience.${row.change}`), csv: (row) => row.change,
    },
    { title: t('column.person'), isHeader: true, cell: (row) => personLink(row.person), csv: (row) => row.person },
  ];
  return panel(title, h('div.stack', {},
    figures(
      figure(t('audience.entered'), exact(answer.entered.count)), figure(t('audience.left'), exact(answer.left.count)),
      figure(t('audience.stayed'), exact(answer.stayed))),
    rows.length > 0 && h('details', {}, h('summary', {}, t('audience.difference_list', { count: rows.length })),
      table(title, list, rows))), {
    hint: t('audience.difference_hint'), metric: answer.metric,
  });
}
