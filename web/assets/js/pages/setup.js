// The first start: the one-time link of the terminal makes the administrator.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { loadSession } from '../core/session.js';
import { button, field, input } from '../ui/controls.js';
import { errorState, note } from '../ui/states.js';
import { door, doorForm } from './door.js';

export const PASSWORD_MIN = 10;

export default {
  title: () => t('setup.title'),
  show({ query }) {
    const link = query.get('link');
    if (!link) return { element: door(t('setup.title'), t('setup.lead_no_link'), note(t('setup.no_link'), 'watch')) };
    const name = input({ name: 'username', autocomplete: 'username', autocapitalize: 'none', value: 'admin' });
    const password = input({ type: 'password', name: 'password', autocomplete: 'new-password' });
    const problem = h('div');
    const submit = button({ text: t('setup.action'), kind: 'primary', type: 'submit' });
    const create = async () => {
      if (password.value.length < PASSWORD_MIN) {
        replace(problem, note(t('setup.password_short', { count: PASSWORD_MIN }), 'bad'));
        password.focus();
        return;
      }
      try {
        await api.post('/setup', { link, name: name.value.trim(), password: password.value });
        await loadSession();
        navigate('/overview', { isReplacing: true });
      } catch (error) {
        replace(problem, errorState(error));
      }
    };
    const fields = [
      field(t('sign_in.name'), name),
      field(t('sign_in.password'), password, t('setup.password_hint', { count: PASSWORD_MIN })),
    ];
    const form = doorForm(fields, submit, create, problem);
    requestAnimationFrame(() => password.focus());
    return { element: door(t('setup.title'), t('setup.lead'), form) };
  },
};
