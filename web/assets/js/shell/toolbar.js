// The right of the top bar: search, time zone, language, theme, and who is signed in.

import { h, replace } from '../core/dom.js';
import { LANGUAGES, t } from '../core/i18n.js';
import { preferences, setPreference } from '../core/preferences.js';
import { navigate } from '../core/router.js';
import { session, signOut } from '../core/session.js';
import { button } from '../ui/controls.js';
import { icon } from '../ui/icons.js';
import { menu } from '../ui/menu.js';
import { openPalette } from './palette.js';
import { showShortcuts } from './shortcuts.js';

export const THEMES = ['system', 'light', 'dark'];

/** Zones that are offered; the one in use is always among them. */
export function zones() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
  return [...new Set([preferences.zone, here, 'Asia/Shanghai', 'UTC', 'Europe/London', 'America/New_York'])];
}

export function toolbar() {
  return [searchButton(), zoneMenu(), languageMenu(), themeMenu(), userMenu()];
}

function searchButton() {
  const given = {
    type: 'button', 'aria-label': t('palette.open'), 'aria-keyshortcuts': 'Control+K', onclick: openPalette,
  };
  return h(
    'button.button.search-button', given, icon('search'), h('span', {}, t('palette.open')), h('kbd', {}, 'Ctrl K')
  );
}

function zoneMenu() {
  const name = preferences.zone.split('/').at(-1).replaceAll('_', ' ');
  const trigger = button({
    text: name, sign: 'clock', kind: 'quiet', title: t('zone.label', { zone: preferences.zone }),
  });
  trigger.setAttribute('aria-label', t('zone.label', { zone: preferences.zone }));
  const choices = () => zones().map((zone) => (
    { text: zone, isChosen: zone === preferences.zone, onChoose: () => setPreference('zone', zone) }));
  return h('div.wide-only', {}, menu(trigger, choices));
}

export function languageMenu() {
  const trigger = button({ label: t('language.label'), sign: 'language', kind: 'quiet' });
  return menu(trigger, () => LANGUAGES.map((code) => ({
    text: t(`language.${code}`), isChosen: code === preferences.language, onChoose: () => setPreference(
      'language', code
    ),
  })));
}

export function themeMenu() {
  const trigger = button({ label: t('theme.label'), sign: preferences.theme, kind: 'quiet', 'data-role': 'theme' });
  return menu(trigger, () => THEMES.map((theme) => ({
    text: t(`theme.${theme}`), isChosen: theme === preferences.theme, onChoose: () => setPreference('theme', theme),
  })));
}

/** Shows the theme in use on its button. */
export function markTheme() {
  document.querySelectorAll('[data-role="theme"]').forEach((trigger) => replace(trigger, icon(preferences.theme)));
}

function userMenu() {
  const { name, role } = session().user;
  const trigger = button({ label: t('user.menu', { name }), sign: 'user', kind: 'quiet' });
  return menu(trigger, () => [
    { heading: t('user.signed_in', { name, role: t(`role.${role}`) }) },
    { text: t('nav.settings'), sign: 'settings', href: '/settings' },
    { text: t('shortcuts.title'), sign: 'info', hint: '?', onChoose: showShortcuts },
    'line',
    { text: t('user.sign_out'), sign: 'out', onChoose: leave },
  ]);
}

/** Signs out; also when the server cannot be asked, this page forgets. */
export async function leave() {
  await signOut().catch(() => null);
  navigate('/sign-in');
}
