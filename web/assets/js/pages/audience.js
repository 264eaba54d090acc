// Who did these things and did not do those: a count, a list, a file.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact, percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { asQuery, currentRange } from '../core/range.js';
import { setQuery } from '../core/router.js';
import { button, input, select } from '../ui/controls.js';
import { figure, figures, panel } from '../ui/panel.js';
import { errorWords, note } from '../ui/states.js';
import { downloadCsv, table } from '../ui/table.js';
import { channelSelect, personLink } from '../ui/words.js';
import { CONDITIONS_MAX, conditionsFrom, conditionsText, timesFrom } from './funnel_question.js';
import { questionView } from './question_view.js';

const SHOWN = 50;
const EXPORTED_MAX = 1000;

function asked(query, names) {
  const did = conditionsFrom(query.get('did'));
  const usual = names.includes('product_view') ? 'product_view' : names[0];
  return { did: did.length > 0 ? did : [{ name: usual, at_least: 1 }], not: conditionsFrom(query.get('not')) };
}

export function audienceView(query) {
  return questionView('audience', query, {
    read: (now, words) => asked(now, words.names),
    edit: conditionsEditor,
    ask: async (question, now, signal) => {
      const body = await bodyOf(question, now);
      return { body, ...await api.post('/audience', { ...body, limit: SHOWN }, signal) };
    },
    draw,
  });
}

async function bodyOf({ did, not }, query) {
  const span = asQuery(await currentRange(query));
  const within = (conditions) => conditions.map((one) => ({ ...one, ...span }));
  return { did: within(did), did_not: within(not) };
}

function conditionsEditor({ did, not }, words) {
  const part = (key, conditions, isRequired) => {
    const change = (next) => setQuery({ [key]: conditionsText(next) }, { isReplacing: true });
    const rows = conditions.map((_, index) => conditionRow(conditions, index, words, change, isRequired));
    const add = conditions.length < CONDITIONS_MAX && button({
      text: t(`audience.add_${key}`), sign: 'plus', onclick: () => change([
        ...conditions, { name: words.names[0], at_least: 1 },
      ]),
    });
    return h('fieldset.conditions', {}, h('legend', {}, t(`audience.${key}`)), h('ol.steps', {}, ...rows), add);
  };
  return panel(t('audience.conditions'), h('div.stack', {}, part('did', did, true), part('not', not, false)));
}

function conditionRow(conditions, index, { names, channels }, change, isRequired) {
  const condition = conditions[index];
  const number = index + 1;
  const put = (changes) => change(conditions.map((one, at) => (at === index ? { ...one, ...changes } : one)));
  const known = names.includes(condition.name) ? names : [condition.name, ...names];
  const name = select(known.map((one) => [one, wordFor('event', one)]), condition.name, {
    'aria-label': t('audience.event', { number }), onchange: (event) => put({ name: event.target.value }),
  });
  const channel = channelSelect(channels, condition.channel, {
    'aria-label': t('audience.channel', { number }),
    onchange: (event) => put({ channel: event.target.value || undefined }),
  });
  const times = input({
    type: 'number', min: 1, max: 1_000_000, value: condition.at_least, 'aria-label': t('audience.times', { number }),
    onchange: (event) => put({ at_least: timesFrom(event.target.value) }),
  });
  const remove = button({
    label: t('audience.remove', { number }), sign: 'close', kind: 'quiet',
    disabled: isRequired && conditions.length <= 1, onclick: () => change(conditions.filter((_, at) => at !== index)),
  });
  return h('li.step.condition', {}, name, channel, h('span.soft', {}, t('audience.at_least')), times,
    h('span.soft', {}, t('audience.times_unit', { count: condition.at_least })), remove);
}

const columns = () => [{ title: t('column.person'), isHeader: true, cell: personLink, csv: (row) => row }];

function draw({ count, of, people, body }) {
  if (count === 0) return note(t('audience.nobody'), 'watch');
  const share = of > 0 ? percent(count / of) : '–';
  const status = h('span.soft', { role: 'status' });
  const take = async () => {
    try {
      const answer = await api.post('/audience', { ...body, limit: EXPORTED_MAX });
      downloadCsv('audience', columns(), answer.people);
      replace(
        status,
        answer.count > EXPORTED_MAX ? t('audience.exported_first', { shown: EXPORTED_MAX, count: answer.count }) : ''
      );
    } catch (error) {
      replace(status, errorWords(error));
    }
  };
  const title = people.length < count ? t('audience.list_first', { shown: people.length }) : t('audience.list');
  return h('div.stack', {},
    figures(
      figure(t('audience.count'), exact(count)),
      figure(t('audience.share'), share, h('dd.figure-hint', {}, t('audience.of', { count: of })))
    ),
    panel(title, table(title, columns(), people), {
      tools: [
        status, button({ text: 'CSV', label: t('export.csv'), sign: 'download', kind: 'quiet', onclick: take }),
      ], isFlush: true,
    }));
}
