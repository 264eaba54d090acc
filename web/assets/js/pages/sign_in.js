// Signing in.

import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { signIn } from '../core/session.js';
import { button, field, input } from '../ui/controls.js';
import { errorState } from '../ui/states.js';
import { door, doorForm } from './door.js';

export default {
  title: () => t('sign_in.title'),
  show({ query }) {
    const name = input({ name: 'username', autocomplete: 'username', autocapitalize: 'none', required: true });
    const password = input({ type: 'password', name: 'password', autocomplete: 'current-password', required: true });
    const problem = h('div');
    const submit = button({ text: t('sign_in.action'), kind: 'primary', type: 'submit' });
    const enter = async () => {
      try {
        await signIn(name.value.trim(), password.value);
        navigate(nextPage(query.get('next')), { isReplacing: true });
      } catch (error) {
        replace(problem, errorState(error));
        password.select();
      }
    };
    const fields = [field(t('sign_in.name'), name), field(t('sign_in.password'), password)];
    const form = doorForm(fields, submit, enter, problem);
    requestAnimationFrame(() => name.focus());
    return { element: door(t('sign_in.title'), t('sign_in.lead'), form) };
  },
};

/** Only a path of our own: an address given from outside could lead elsewhere. */
function nextPage(next) {
  return next && /^\/[^/\\]/.test(next) ? next : '/overview';
}
