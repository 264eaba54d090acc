// How the console looks here, and, for administrators, who and what may come in.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { LANGUAGES, t } from '../core/i18n.js';
import { preferences, setPreference } from '../core/preferences.js';
import { may, session } from '../core/session.js';
import { THEMES, zones } from '../shell/toolbar.js';
import { button, field, input, segmented, select } from '../ui/controls.js';
import { facts, pageHead, panel } from '../ui/panel.js';
import { errorState, note } from '../ui/states.js';
import { PASSWORD_MIN } from './setup.js';
import { tokensPanel } from './settings_tokens.js';
import { usersPanel } from './settings_users.js';

export default {
  title: () => t('nav.settings'),
  show() {
    const panels = [lookPanel(), accountPanel()];
    if (may('administer')) panels.push(usersPanel(), tokensPanel());
    panels.push(aboutPanel());
    return { element: h('div', {}, pageHead(t('nav.settings'), t('settings.lead')), h('div.stack', {}, ...panels)) };
  },
};

function lookPanel() {
  const choice = (name, values, group) => [t(`settings.${name}`), segmented(t(`settings.${name}`),
    values.map((value) => [value, t(`${group}.${value}`)]), preferences[name], (value) => setPreference(name, value))];
  const zone = select(zones().map((one) => [one, one]), preferences.zone, {
    'aria-label': t('settings.zone'), onchange: (event) => setPreference('zone', event.target.value),
  });
  const rows = [
    choice('language', LANGUAGES, 'language'), choice('theme', THEMES, 'theme'),
    choice('trend', ['auto', 'red-up', 'green-up'], 'trend_colour'),
    choice('density', ['dense', 'comfortable'], 'density'),
    [t('settings.zone'), h('div.narrow-field', {}, zone)],
  ];
  const list = rows.map(([name, control]) => h('div.setting', {}, h('span.setting-name', {}, name), control));
  return panel(t('settings.look'), h('div.settings', {}, ...list), { hint: t('settings.look_hint') });
}

function accountPanel() {
  const { name, role } = session().user;
  const current = input({ type: 'password', autocomplete: 'current-password', required: true });
  const next = input({ type: 'password', autocomplete: 'new-password', minlength: PASSWORD_MIN, required: true });
  const result = h('div', { role: 'status' });
  const change = async (event) => {
    event.preventDefault();
    if (next.value.length < PASSWORD_MIN) {
      replace(result, note(t('setup.password_short', { count: PASSWORD_MIN }), 'bad'));
      return;
    }
    try {
      await api.put('/session/password', { current: current.value, password: next.value });
      event.target.reset();
      replace(result, note(t('settings.password_changed')));
    } catch (error) {
      const isWrong = error.code === 'wrong_credentials';
      replace(result, isWrong ? note(t('settings.password_wrong'), 'bad') : errorState(error));
      if (isWrong) current.select();
    }
  };
  const form = h('form.stack-small', { onsubmit: change },
    h('input', { type: 'text', autocomplete: 'username', value: name, hidden: true }),
    h('div.field-row', {}, field(t('settings.password_current'), current), field(t('settings.password_new'), next),
      button({ text: t('settings.password_change'), type: 'submit' })), result);
  return panel(t('settings.account'), h('div.stack', {},
    facts([[t('sign_in.name'), name], [t('column.role'), t(`role.${role}`)]]), form));
}

function aboutPanel() {
  const { version, currency } = session();
  return panel(t('settings.about'), facts([
    [t('settings.version'), version], [t('settings.currency'), currency],
    [t('settings.api'), h('a.link', { href: '/openapi.json', target: '_blank' }, '/openapi.json')],
  ]));
}
