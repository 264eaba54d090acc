// What conversions are put down to: the models side by side, how far they differ, and the paths that led there.

import { api } from '../core/api.js';
import { h } from '../core/dom.js';
import { percent } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { currentRange } from '../core/range.js';
import { vocabulary } from '../core/vocabulary.js';
import { copyBlock } from '../ui/controls.js';
import { comparisonOf, periods } from '../ui/comparison.js';
import { pageHead } from '../ui/panel.js';
import { resultSentence } from '../ui/result.js';
import { asking, emptyState, note } from '../ui/states.js';
import { modelsPanel } from './attribution_chart.js';
import { DAY_MS, editor, read } from './attribution_question.js';
import { creditPanel, keyWriter, pathsPanel, synergyPanel, tablePanel } from './attribution_tables.js';
import { wholeFilter } from './event_filter.js';
import { firstEventCommand } from './first_event.js';
import { questionView } from './question_view.js';

export default {
  title: () => t('nav.attribution'),
  show({ query }) {
    const view = questionView('attribution', query, { read, edit: editor, ask, draw });
    const place = asking((words) => (words.names.length === 0 ? empty() : view.start(words)), { lines: 8 });
    place.ask(() => vocabulary());
    const leave = () => {
      place.stop();
      view.stop();
    };
    const element = h('div', {}, pageHead(t('nav.attribution'), t('attribution.lead')), place.element);
    return { element, update: view.update, leave };
  },
};

function empty() {
  return emptyState({
    title: t('attribution.empty_title'), text: t('attribution.empty_text'), next: copyBlock(firstEventCommand()),
  });
}

async function ask(question, query, signal) {
  const range = await currentRange(query);
  const body = {
    conversion: wholeFilter(question.conversion), touches: question.touches.map(wholeFilter), by: question.by,
    look_back_ms: question.days * DAY_MS, half_life_ms: question.half * DAY_MS, markov_order: question.order,
    shapley: question.shapley, leads_to: question.leads, ...periods(range),
  };
  const answer = await api.ask('attribution', body, signal);
  return { question, compared: comparisonOf(answer), ...answer };
}

function draw(answer) {
  const { question, conversions } = answer;
  const name = wordFor('event', question.conversion.name);
  if (conversions.count + answer.without_touch.count === 0) return note(t('attribution.nobody', { name }), 'watch');
  if (conversions.count === 0) {
    return note(t('attribution.untouched', { name, count: answer.without_touch.count }), 'watch');
  }
  return h('div.stack', {},
    resultSentence(sentence(answer, name), answer),
    h('p.soft', {}, t('attribution.caveat')),
    modelsPanel(answer), tablePanel(answer), creditPanel(answer),
    answer.synergies.length > 0 && synergyPanel(answer), pathsPanel(answer));
}

/** Who gets the most by the mean of all models, and between which shares the models put it. */
function sentence({ rows, conversions, without_touch: without, disagreement, question }, name) {
  const shares = (row) => Object.values(row.models).map(({ share }) => share);
  const sum = (row) => shares(row).reduce((all, share) => all + share, 0);
  const top = [...rows].sort((one, other) => sum(other) - sum(one))[0];
  return t('attribution.sentence', {
    name, count: conversions.count, without: without.count, key: keyWriter(question.by)(top),
    least: percent(Math.min(...shares(top))), most: percent(Math.max(...shares(top))),
    index: percent(disagreement.index),
  });
}
