// Starts the console: language, look, who is signed in, then the page of the address.

import { api, ApiError, onSignedOut } from './core/api.js';
import { h, replace } from './core/dom.js';
import { t, useLanguage } from './core/i18n.js';
import { applyLook, onPreference, preferences } from './core/preferences.js';
import { addRoute, navigate, reopen, startRouter } from './core/router.js';
import { forgetSession, loadSession, session } from './core/session.js';
import { makeShell } from './shell/shell.js';
import { markTheme } from './shell/toolbar.js';
import { listenForShortcuts } from './shell/shortcuts.js';
import { pageHead } from './ui/panel.js';
import { errorState } from './ui/states.js';

const app = document.getElementById('app');
let shell = null;

const load = (name) => () => import(`./pages/${name}.js`);
addRoute('/', load('overview'), { page: 'overview', usesRange: true });
addRoute('/overview', load('overview'), { page: 'overview', usesRange: true });
addRoute('/people', load('people'), { page: 'people' });
addRoute('/people/:id', load('person'), { page: 'people' });
addRoute('/decisions', load('decisions'), { page: 'decisions' });
addRoute('/decisions/:id', load('decision'), { page: 'decisions' });
addRoute('/funnel', load('funnel'), { page: 'funnel', usesRange: true });
addRoute('/segmentation', load('segmentation'), { page: 'segmentation', usesRange: true });
addRoute('/metric', load('metrics'), { page: 'metrics', usesRange: true });
addRoute('/metric/:id', load('metric'), { page: 'metrics', usesRange: true });
addRoute('/retention', load('retention'), { page: 'retention', usesRange: true });
addRoute('/attribution', load('attribution'), { page: 'attribution', usesRange: true });
addRoute('/stages', load('stages'), { page: 'stages', usesRange: true });
addRoute('/audiences', load('audiences'), { page: 'audiences', usesRange: true });
addRoute('/paths', load('paths'), { page: 'paths', usesRange: true });
addRoute('/lifecycle', load('lifecycle'), { page: 'lifecycle', usesRange: true });
addRoute('/campaigns', load('campaigns'), { page: 'campaigns' });
addRoute('/orders', load('orders'), { page: 'orders', usesRange: true });
addRoute('/catalogue', load('catalogue'), { page: 'catalogue' });
addRoute('/catalogue/:subject', load('catalogue_item'), { page: 'catalogue' });
addRoute('/policies', load('policies'), { page: 'policies' });
addRoute('/collect', load('sources'), { page: 'collect' });
addRoute('/quarantine', load('quarantine'), { page: 'quarantine' });
addRoute('/import', load('import'), { page: 'import' });
addRoute('/import/:id', load('import_job'), { page: 'import' });
addRoute('/plan', load('plan'), { page: 'plan' });
addRoute('/plan/:name', load('plan_event'), { page: 'plan' });
addRoute('/quality', load('quality'), { page: 'quality' });
addRoute('/cleaning', load('cleaning'), { page: 'cleaning' });
addRoute('/settings', load('settings'), { page: 'settings' });
addRoute('/sign-in', load('sign_in'), { isDoor: true });
addRoute('/setup', load('setup'), { isDoor: true });
addRoute('/not-found', load('not_found'), {});

/** Where a page goes: inside the shell, or alone before signing in. */
function placeFor(route) {
  if (route.isDoor) {
    shell = null;
    return replace(app, h('main.door', { id: 'main' })).firstChild;
  }
  if (!shell) {
    shell = makeShell();
    replace(app, shell.element);
  }
  return shell.main;
}

function toSignIn() {
  forgetSession();
  if (location.pathname === '/sign-in' || location.pathname === '/setup') return;
  const back = location.pathname === '/' ? '' : `?next=${encodeURIComponent(location.pathname + location.search)}`;
  navigate(`/sign-in${back}`, { isReplacing: true });
}

async function begin() {
  await useLanguage(preferences.language);
  applyLook();
  try {
    if (location.pathname !== '/setup' && !(await loadSession())) {
      const { needed } = await api.get('/setup');
      history.replaceState(null, '', needed ? '/setup' : signInAddress());
    }
  } catch (error) {
    replace(app, h('main.door', {}, h('h1.visually-hidden', {}, t('shell.brand')), errorState(error, begin)));
    return;
  }
  listenForShortcuts();
  onSignedOut(() => { if (session()) toSignIn(); });
  startRouter(placeFor, (route) => shell?.mark(route), failedPage);
}

/** Where a page's module could not be fetched. A browser may remember the failure, so all is loaded again. */
const failedPage = {
  title: () => t('page.failed'),
  show() {
    const again = () => location.reload();
    const error = new ApiError(0, { code: 'page_not_loaded' });
    return { element: h('div', {}, pageHead(t('page.failed')), errorState(error, again)) };
  },
};

function signInAddress() {
  const { pathname, search } = location;
  if (pathname === '/sign-in') return pathname + search;
  return pathname === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(pathname + search)}`;
}

onPreference(async (changed) => {
  if (changed === 'isNavNarrow') return;
  if (changed === 'language') await useLanguage(preferences.language).catch(() => null);
  applyLook();
  markTheme();
  if (changed !== 'language' && changed !== 'zone') return;
  shell = null;
  reopen();
});

begin();
