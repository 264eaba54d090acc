// Who is there: new and lost people by period, how often they come, for how long, and how long they watch.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { vocabulary } from '../core/vocabulary.js';
import { copyBlock } from '../ui/controls.js';
import { pageHead } from '../ui/panel.js';
import { asking, emptyState } from '../ui/states.js';
import { tabs } from '../ui/tabs.js';
import { firstEventCommand } from './first_event.js';
import { dwellView } from './lifecycle_dwell.js';
import { periodsView } from './lifecycle_periods.js';
import { sessionsView } from './lifecycle_sessions.js';
import { stickinessView } from './lifecycle_stickiness.js';

const VIEWS = { periods: periodsView, stickiness: stickinessView, sessions: sessionsView, dwell: dwellView };

export default {
  title: () => t('nav.lifecycle'),
  show({ query }) {
    const row = h('div');
    let view = null;
    const place = asking((words) => (words.names.length === 0 ? empty() : view.start(words)), { lines: 8 });
    const update = (now) => {
      const name = now.get('view') in VIEWS ? now.get('view') : 'periods';
      row.replaceChildren(tabs(t('lifecycle.views'), Object.keys(VIEWS).map((one) => ({
        text: t(`lifecycle.view_${one}`), isCurrent: one === name,
        href: withQuery({ view: one === 'periods' ? null : one }),
      }))));
      if (view?.name === name) {
        view.update(now);
        return;
      }
      view?.stop();
      view = VIEWS[name](name, now);
      place.ask(() => vocabulary());
    };
    update(query);
    const leave = () => {
      place.stop();
      view?.stop();
    };
    const body = h('div.stack', {}, row, place.element);
    return { element: h('div', {}, pageHead(t('nav.lifecycle'), t('lifecycle.lead')), body), update, leave };
  },
};

function empty() {
  return emptyState({
    title: t('lifecycle.empty_title'), text: t('lifecycle.empty_text'), next: copyBlock(firstEventCommand()),
  });
}
