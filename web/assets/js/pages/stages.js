// Where people stand: in which stage of a model, and how much buyers are worth.

import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { copyBlock } from '../ui/controls.js';
import { pageHead } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { tabs } from '../ui/tabs.js';
import { firstEventCommand } from './first_event.js';
import { rfmView } from './rfm.js';
import { stagesView } from './stages_flow.js';

export default {
  title: () => t('nav.stages'),
  show({ query }) {
    const views = h('div');
    let view = null;
    const place = asking((words) => (words.names.length === 0 ? empty() : view.start(words)), { lines: 8 });
    const update = (now) => {
      const name = now.get('view') === 'rfm' ? 'rfm' : 'stages';
      replace(views, tabs(t('stages.views'), [tab('stages', name), tab('rfm', name)]));
      if (view?.name === name) {
        view.update(now);
        return;
      }
      view?.stop();
      view = name === 'rfm' ? rfmView(now) : stagesView(now);
      place.ask(async () => {
        await view.prepare();
        return vocabulary();
      });
    };
    update(query);
    const leave = () => {
      place.stop();
      view?.stop();
    };
    return { element: h('div', {}, pageHead(t('nav.stages'), t('stages.lead')), views, place.element), update, leave };
  },
};

function tab(name, chosen) {
  const query = { view: name === 'stages' ? null : name, was: null, is: null, day: null, segment: null };
  return { text: t(`stages.view_${name}`), href: withQuery(query), isCurrent: name === chosen };
}

function empty() {
  return emptyState({
    title: t('stages.empty_title'), text: t('stages.empty_text'), next: copyBlock(firstEventCommand()),
  });
}
