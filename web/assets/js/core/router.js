// Paths to pages. A page is `{ title, usesRange, show(context) }`; `show` returns `{ element, update?, leave? }`.

import { announce } from './dom.js';
import { t } from './i18n.js';

const routes = [];
let shown = null;
let host = null;
let whenChanged = () => {};
let failedPage = null;

/** @param pattern - such as `/people/:id`; @param load - imports the page's module */
export function addRoute(pattern, load, options = {}) {
  routes.push({ parts: pattern.split('/'), load, ...options });
}

function match(path) {
  const given = path.split('/');
  for (const route of routes) {
    if (route.parts.length !== given.length) continue;
    const parameters = {};
    const fits = route.parts.every((part, index) => {
      if (!part.startsWith(':')) return part === given[index];
      parameters[part.slice(1)] = decodeURIComponent(given[index]);
      return given[index] !== '';
    });
    if (fits) return { route, parameters };
  }
  return null;
}

/**
 * Follows addresses from now on.
 * @param placeFor - gives the element that a route's page goes into
 * @param failed - the page, `{ title, show }`, that stands where one could not be loaded
 */
export function startRouter(placeFor, onChanged, failed) {
  host = placeFor;
  whenChanged = onChanged;
  failedPage = failed;
  window.addEventListener('popstate', () => { open(); });
  document.addEventListener('click', followLink);
  return open();
}

function followLink(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (!match(link.pathname) || link.getAttribute('href').startsWith('#')) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}

export function navigate(address, { isReplacing = false } = {}) {
  history[isReplacing ? 'replaceState' : 'pushState'](null, '', address);
  return open();
}

/** The route of the page that is on the screen, with its options; null before the first. */
export function shownRoute() {
  return shown?.route ?? null;
}

/** Changes some of the query and keeps the rest; null takes one out. */
export function setQuery(changes, options) {
  return navigate(withQuery(changes), options);
}

/** The address that `setQuery` would go to. */
export function withQuery(changes) {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : '');
}

/** Shows the page of the address again from the beginning, as after a change of language. */
export function reopen() {
  leave();
  return open();
}

function leave() {
  shown?.view?.leave?.();
  shown = null;
}

async function open() {
  const found = match(location.pathname) ?? { route: routes.at(-1), parameters: {} };
  const query = new URLSearchParams(location.search);
  const address = location.href;
  if (shown && shown.route === found.route && shown.path === location.pathname && shown.view.update) {
    whenChanged(found.route);
    shown.view.update(query);
    return;
  }
  const page = await found.route.load().then((module) => module.default, () => failedPage);
  if (location.href !== address) return;
  const isFirst = !shown;
  leave();
  const place = host(found.route);
  const view = page.show({ query, parameters: found.parameters });
  shown = { route: found.route, path: location.pathname, view };
  place.replaceChildren(view.element);
  const title = page.title();
  document.title = t('page.document_title', { title });
  whenChanged(found.route);
  if (isFirst) return;
  window.scrollTo(0, 0);
  place.querySelector('h1')?.focus({ preventScroll: true });
  announce(title);
}
