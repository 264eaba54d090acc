// A page of one question or several, each a view with an address of its own.

import { h, replace } from '../core/dom.js';
import { withQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { pageHead } from '../ui/panel.js';
import { asking } from '../ui/states.js';
import { tabs } from '../ui/tabs.js';

/**
 * @param label - of the row of views, where there are several
 * @param views - `{ name, text, make(query) }`, the usual one first; `make` gives what `questionView` does, and
 *   may have `prepare()`, which is waited for first
 * @param empty - makes what stands where there are no events yet
 * @param forgotten - names of the address that another view does not take over
 */
export function questionPage(query, { title, lead, label, views, empty, forgotten = [] }) {
  const row = h('div');
  const left = Object.fromEntries(forgotten.map((name) => [name, null]));
  let view = null;
  const place = asking((words) => (words.names.length === 0 ? empty() : view.start(words)), { lines: 8 });
  const update = (now) => {
    const chosen = views.find(({ name }) => name === now.get('view')) ?? views[0];
    if (views.length > 1) replace(row, tabs(label, views.map((one, index) => ({
      text: one.text, isCurrent: one === chosen, href: withQuery({ ...left, view: index === 0 ? null : one.name }),
    }))));
    if (view?.name === chosen.name) {
      view.update(now);
      return;
    }
    view?.stop();
    view = chosen.make(now);
    place.ask(async () => {
      await view.prepare?.();
      return vocabulary();
    });
  };
  update(query);
  const leave = () => {
    place.stop();
    view?.stop();
  };
  return { element: h('div', {}, pageHead(title, lead), row, place.element), update, leave };
}
