// Sources that are not programs of ours: tables, logs that grow, and webhooks of other systems.

import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { pageHead } from '../ui/panel.js';
import { tabs } from '../ui/tabs.js';
import { logsView } from './import_logs.js';
import { tablesView } from './import_tables.js';
import { webhooksView } from './import_webhooks.js';

const VIEWS = { tables: tablesView, logs: logsView, webhooks: webhooksView };

export default {
  title: () => t('nav.import'),
  show({ query }) {
    const place = h('div.stack');
    const links = h('div');
    let view = null;
    const update = (now) => {
      const name = Object.hasOwn(VIEWS, now.get('view')) ? now.get('view') : 'tables';
      replace(links, tabs(t('import.kinds'), Object.keys(VIEWS).map((one) => ({
        text: t(`import.kind_${one}`), href: withQuery({ view: one === 'tables' ? null : one, cursor: null }),
        isCurrent: one === name,
      }))));
      view?.leave();
      view = VIEWS[name](now);
      replace(place, view.element);
    };
    update(query);
    const element = h('div', {}, pageHead(t('nav.import'), t('import.lead')), links, place);
    return { element, update, leave: () => view.leave() };
  },
};
