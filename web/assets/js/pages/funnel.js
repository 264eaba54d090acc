// How many people took the steps, one after another; and, beside it, who did this and did not do that.

import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { copyBlock } from '../ui/controls.js';
import { pageHead } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { tabs } from '../ui/tabs.js';
import { audienceView } from './audience.js';
import { firstEventCommand } from './first_event.js';
import { stepsView } from './funnel_steps.js';

export default {
  title: () => t('nav.funnel'),
  show({ query }) {
    const views = h('div');
    let view = null;
    const place = asking((words) => {
      if (words.names.length === 0) return empty();
      return view.start(words);
    }, { lines: 8 });
    const update = (now) => {
      const name = now.get('view') === 'audience' ? 'audience' : 'funnel';
      replace(views, tabs(t('funnel.views'), [tab('funnel', name), tab('audience', name)]));
      if (view?.name === name) {
        view.update(now);
        return;
      }
      view?.stop();
      view = name === 'audience' ? audienceView(now) : stepsView(now);
      place.ask(() => vocabulary());
    };
    update(query);
    const leave = () => {
      place.stop();
      view?.stop();
    };
    return { element: h('div', {}, pageHead(t('nav.funnel'), t('funnel.lead')), views, place.element), update, leave };
  },
};

function tab(name, chosen) {
  const query = { view: name === 'funnel' ? null : name };
  return { text: t(`funnel.view_${name}`), href: withQuery(query), isCurrent: name === chosen };
}

function empty() {
  return emptyState({
    title: t('funnel.empty_title'), text: t('funnel.empty_text'), next: copyBlock(firstEventCommand()),
  });
}
