// A question that is edited in place and lives in the address, and its answer below.

import { h, keepFocus, replace } from '../core/dom.js';
import { day } from '../core/format.js';
import { t } from '../core/i18n.js';
import { asking, note } from '../ui/states.js';

/**
 * @param parts read(query, words): the question; edit(question, words, query): its editor;
 *   ask(question, query, signal): the answer; draw(answer): what is shown of it. `words` is the vocabulary.
 */
export function questionView(name, query, { read, edit, ask, draw }) {
  let now = query;
  let words = null;
  const editor = h('div');
  const result = asking((answer) => withObserved(answer, draw(answer)), { lines: 6 });
  const update = (changed) => {
    now = changed;
    if (!words) return;
    const question = read(now, words);
    keepFocus(editor, () => replace(editor, edit(question, words, now)));
    result.ask((signal) => ask(question, now, signal));
  };
  const start = (known) => {
    words = known;
    update(now);
    return h('div.stack', {}, editor, result.element);
  };
  return { name, start, update, stop: result.stop };
}

/** Says from when on events are known, where older ones have left the timeline. */
function withObserved(answer, drawn) {
  const from = answer?.observed_from;
  return from ? h('div.stack', {}, note(t('question.observed_from', { day: day(from) })), drawn) : drawn;
}
