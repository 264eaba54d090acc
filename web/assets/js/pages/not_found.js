// An address that names no page.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { pageHead } from '../ui/panel.js';
import { emptyState } from '../ui/states.js';

export default {
  title: () => t('not_found.title'),
  show() {
    const next = h('a.button.is-primary', { href: '/overview' }, t('not_found.next'));
    const text = emptyState({ title: t('not_found.what'), text: t('not_found.text'), next });
    return { element: h('div', {}, pageHead(t('not_found.title')), text) };
  },
};
