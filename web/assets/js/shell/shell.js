// The frame around every page: navigation, top bar, and on a phone the bar at the bottom.

import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { preferences, setPreference } from '../core/preferences.js';
import { icon } from '../ui/icons.js';
import { menu } from '../ui/menu.js';
import { AT_HAND, GROUPS, PAGES, SETTINGS } from './navigation.js';
import { rangeControl } from './range_control.js';
import { toolbar } from './toolbar.js';

/** Makes the frame; `mark(route)` shows which page is open. */
export function makeShell() {
  const main = h('main.main', { id: 'main', tabindex: '-1' });
  const range = rangeControl();
  const bar = h('header.bar', {}, range.element, h('div.bar-gap'), ...toolbar());
  const skip = h('a.skip-link', { href: '#main', onclick: (event) => skipTo(event, main) }, t('shell.skip'));
  const element = h('div.shell', {}, skip, sideNavigation(), bar, main, bottomBar());
  element.classList.toggle('is-narrow', preferences.isNavNarrow);
  const mark = (route) => {
    for (const link of element.querySelectorAll('[data-page]')) {
      if (link.dataset.page === route.page) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    range.show(route.usesRange);
  };
  return { element, main, mark };
}

function skipTo(event, main) {
  event.preventDefault();
  main.focus();
}

function brand() {
  const mark = h('img', { src: '/assets/icon.svg', alt: '', width: 24, height: 24 });
  return h(
    'a.brand', { href: '/overview', 'aria-label': t('shell.home') }, mark, h('span.nav-text', {}, t('shell.brand'))
  );
}

function navLink(page) {
  const name = t(`nav.${page.name}`);
  return h('li', {}, h('a.nav-link', { href: page.path, 'data-page': page.name, title: name },
    icon(page.name), h('span.nav-text', {}, name)));
}

function sideNavigation() {
  const groups = GROUPS.map((group) => h('div.nav-group', {},
    group.heading && h('div.nav-heading', {}, t(group.heading)),
    h('ul', {}, ...group.pages.map(navLink))));
  const narrow = h('button.nav-link', { type: 'button', title: t('shell.narrow'), onclick: toggleNarrow },
    icon('narrow'), h('span.nav-text', {}, t('shell.narrow')));
  const end = h('ul.nav-end', {}, navLink(SETTINGS), h('li', {}, narrow));
  return h('nav.nav', { 'aria-label': t('nav.label') }, brand(), ...groups, end);
}

function toggleNarrow() {
  setPreference('isNavNarrow', !preferences.isNavNarrow);
  document.querySelector('.shell').classList.toggle('is-narrow', preferences.isNavNarrow);
}

function bottomBar() {
  const links = AT_HAND.map((name) => {
    const page = PAGES.find((one) => one.name === name);
    return h('a.bottom-link', { href: page.path, 'data-page': name }, icon(name), t(`nav.${name}`));
  });
  const rest = PAGES.filter((page) => !AT_HAND.includes(page.name));
  const trigger = h('button.bottom-link', { type: 'button' }, icon('more'), t('nav.more'));
  const more = menu(trigger, () => rest.map((page) => (
    { text: t(`nav.${page.name}`), sign: page.name, href: page.path })));
  return h('nav.bottom-bar', { 'aria-label': t('nav.label_short') }, ...links, more);
}
