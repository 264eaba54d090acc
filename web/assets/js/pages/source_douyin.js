// Secrets of Douyin's live push: which sources have their own; one is set or cleared, and never shown.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { button, field, input } from '../ui/controls.js';
import { confirmAction } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { errorState } from '../ui/states.js';
import { table } from '../ui/table.js';

const pathOf = (source) => `/sources/${encodeURIComponent(source)}/douyin-secret`;

/** `sources` are the names of those that have one; `again` is called after a change. */
export function douyinSecrets(sources, again) {
  const title = t('sources.douyin');
  const problem = h('div');
  const attempt = async (work) => {
    try {
      await work();
      again();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const clear = async (source) => {
    const texts = {
      title: t('sources.douyin_clear_title', { source }), text: t('sources.douyin_clear_text'),
      action: t('sources.douyin_clear'),
    };
    if (await confirmAction(texts)) await attempt(() => api.remove(pathOf(source)));
  };
  const columns = [
    { title: t('column.source'), isHeader: true, cell: (source) => source },
    {
      title: t('sources.douyin_clear'),
      cell: (source) => button({ text: t('sources.douyin_clear'), kind: 'quiet', onclick: () => clear(source) }),
    },
  ];
  const known = sources.length > 0 ? table(title, columns, sources) : h('p.soft', {}, t('sources.douyin_none'));
  return panel(title, h('div.stack-small', {}, known, form(attempt), problem), { hint: t('sources.douyin_hint') });
}

function form(attempt) {
  const source = input({ required: true, maxlength: 64, autocomplete: 'off' });
  const secret = input({ type: 'password', required: true, maxlength: 500, autocomplete: 'new-password' });
  const submit = (event) => {
    event.preventDefault();
    attempt(() => api.put(pathOf(source.value), { secret: secret.value }));
  };
  return h('form.stack-small', { onsubmit: submit },
    field(t('column.source'), source, t('sources.douyin_source_hint')),
    field(t('webhooks.secret'), secret, t('webhooks.secret_hint')),
    button({ text: t('sources.douyin_set'), type: 'submit' }));
}
