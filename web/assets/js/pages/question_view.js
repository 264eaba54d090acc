// A question that is edited in place and lives in the address, and its answer below.

import { h, keepFocus, replace } from '../core/dom.js';
import { asking } from '../ui/states.js';

/**
 * @param parts read(query, words): the question; edit(question, words, query): its editor;
 *   ask(question, query, signal): the answer; draw(answer): what is shown of it. `words` is the vocabulary.
 */
export function questionView(name, query, { read, edit, ask, draw }) {
  let now = query;
  let words = null;
  const editor = h('div');
  const result = asking((answer) => draw(answer), { lines: 6 });
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
