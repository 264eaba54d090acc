// Orders: what their days come to, each with its facts, which past numbers changed, and how whole the feeds are.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { pageHead } from '../ui/panel.js';
import { asking } from '../ui/states.js';
import { tabs } from '../ui/tabs.js';
import { daysView } from './orders_days.js';
import { listView } from './orders_list.js';
import { reconciliationView } from './orders_reconciliation.js';
import { restatedView } from './orders_restated.js';

/** Each is `{ load(query, signal), draw(answer, again) }`. */
const VIEWS = { days: daysView, list: listView, restated: restatedView, reconciliation: reconciliationView };

/** Of one view alone, so that the others do not find it in the address. */
const OWN = {
  cursor: null, state: null, person: null, source: null, conflict: null, day: null, metric: null, currency: null,
};

export default {
  title: () => t('nav.orders'),
  show({ query }) {
    let now = query;
    const again = () => update(now);
    const place = asking(({ view, answer }) => view.draw(answer, again), { lines: 10 });
    const row = h('div');
    const update = (changed) => {
      now = changed;
      const name = VIEWS[now.get('view')] ? now.get('view') : 'days';
      row.replaceChildren(tabs(t('orders.views'), Object.keys(VIEWS).map((one) => ({
        text: t(`orders.view_${one}`), isCurrent: one === name,
        href: withQuery({ ...OWN, view: one === 'days' ? null : one }),
      }))));
      const view = VIEWS[name];
      place.ask(async (signal) => ({ view, answer: await view.load(now, signal) }));
    };
    update(query);
    const body = h('div.stack', {}, row, place.element);
    return { element: h('div', {}, pageHead(t('nav.orders'), t('orders.lead')), body), update, leave: place.stop };
  },
};
