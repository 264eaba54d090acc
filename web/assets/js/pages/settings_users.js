// Who may sign in.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { session } from '../core/session.js';
import { badge, button, field, input, select } from '../ui/controls.js';
import { confirmAction, openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { asking, errorState } from '../ui/states.js';
import { table } from '../ui/table.js';
import { timeText } from '../ui/words.js';
import { PASSWORD_MIN } from './setup.js';

const ROLES = ['viewer', 'operator', 'admin'];

export function usersPanel() {
  const problem = h('div');
  const place = asking(({ users }) => list(users, load, problem), { lines: 3 });
  const load = () => place.ask((signal) => api.get('/users', {}, signal));
  load();
  const add = button({ text: t('users.add'), sign: 'plus', onclick: () => addUser(load) });
  return panel(t('users.title'), [problem, place.element], { tools: [add], isFlush: true });
}

function list(users, load, problem) {
  const columns = [
    {
      title: t('sign_in.name'), isHeader: true,
      cell: (row) => h(
        'span', {}, row.name, ' ', row.name === session().user.name && badge(t('users.you'), 'accent')
      ),
    },
    { title: t('column.role'), isWide: true, cell: (row) => t(`role.${row.role}`) },
    { title: t('column.created'), cell: (row) => timeText(row.created_at) },
    {
      title: h('span.visually-hidden', {}, t('column.actions')), isNumber: true,
      cell: (row) => removal(row, load, problem),
    },
  ];
  return table(t('users.title'), columns, users);
}

function removal(user, load, problem) {
  if (user.name === session().user.name) return null;
  const remove = async () => {
    const texts = {
      title: t('users.remove_title', { name: user.name }), text: t('users.remove_text'), action: t('users.remove'),
    };
    if (!(await confirmAction(texts))) return;
    try {
      await api.remove(`/users/${encodeURIComponent(user.name)}`);
      replace(problem);
      load();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  return button({
    text: t('users.remove'), kind: 'quiet', 'aria-label': t('users.remove_title', { name: user.name }),
    onclick: remove,
  });
}

function addUser(load) {
  const name = input({ required: true, autocapitalize: 'none' });
  const role = select(ROLES.map((one) => [one, t(`role.${one}`)]), 'viewer');
  const password = input({ type: 'password', autocomplete: 'new-password', required: true, minlength: PASSWORD_MIN });
  const problem = h('div');
  const submit = async (event) => {
    event.preventDefault();
    try {
      await api.post('/users', { name: name.value.trim(), role: role.value, password: password.value });
      dialog.close();
      load();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const form = h('form.stack', { id: 'add-user', onsubmit: submit },
    field(t('sign_in.name'), name), field(t('column.role'), role, t('users.role_hint')),
    field(t('sign_in.password'), password, t('setup.password_hint', { count: PASSWORD_MIN })), problem);
  const dialog = openDialog(t('users.add'), [form], [
    button({ text: t('users.add'), kind: 'primary', type: 'submit', form: 'add-user' }),
  ]);
  name.focus();
}
