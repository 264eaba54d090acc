// The palette: pages, people, campaigns and actions by typing.

import { api } from '../core/api.js';
import { debounce, h, replace, uniqueId } from '../core/dom.js';
import { LANGUAGES, t } from '../core/i18n.js';
import { preferences, setPreference } from '../core/preferences.js';
import { navigate } from '../core/router.js';
import { closeFromOutside } from '../ui/dialog.js';
import { icon } from '../ui/icons.js';
import { PAGES } from './navigation.js';
import { showShortcuts } from './shortcuts.js';
import { leave, THEMES } from './toolbar.js';

/** What some browsers send for keys that belong to an input method. */
const COMPOSING = 229;
const PEOPLE_MAX = 5;
const CAMPAIGNS_MAX = 5;

function fixedEntries() {
  const pages = PAGES.map((page) => ({
    group: t('palette.pages'), text: t(`nav.${page.name}`), sign: page.name, words: page.name,
    run: () => navigate(page.path),
  }));
  const languages = LANGUAGES.filter((code) => code !== preferences.language).map((code) => ({
    text: t(`language.${code}`), sign: 'language', words: 'language 语言', run: () => setPreference('language', code),
  }));
  const themes = THEMES.filter((theme) => theme !== preferences.theme).map((theme) => ({
    text: t(`theme.${theme}`), sign: theme, words: 'theme 主题', run: () => setPreference('theme', theme),
  }));
  const others = [
    { text: t('shortcuts.title'), sign: 'info', words: 'help', run: showShortcuts },
    { text: t('user.sign_out'), sign: 'out', words: 'sign out', run: leave },
  ];
  const actions = [...languages, ...themes, ...others].map((entry) => ({ group: t('palette.actions'), ...entry }));
  return [...pages, ...actions];
}

async function foundEntries(text) {
  const [people, campaigns] = await Promise.all([
    api.get('/people', { query: text, limit: PEOPLE_MAX }).catch(() => ({ people: [] })),
    api.get('/campaigns').catch(() => ({ campaigns: [] })),
  ]);
  const low = text.toLowerCase();
  const fitting = campaigns.campaigns.filter(({
    campaign, title,
  }) => `${campaign} ${title}`.toLowerCase().includes(low));
  return [
    ...people.people.map(({ person }) => ({
      group: t('palette.people'), text: person, sign: 'people',
      run: () => navigate(`/people/${encodeURIComponent(person)}`),
    })),
    ...fitting.slice(0, CAMPAIGNS_MAX).map(({ campaign, title }) => ({
      group: t('palette.campaigns'), text: title || campaign, sign: 'campaigns',
      run: () => navigate(`/campaigns?search=${encodeURIComponent(title || campaign)}`),
    })),
  ];
}

export function openPalette() {
  if (document.querySelector('dialog[open]')) return;
  const listId = uniqueId('palette');
  const box = h('input.palette-input', {
    type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: 'false', placeholder: t('palette.placeholder'),
    'aria-label': t('palette.open'), 'aria-expanded': 'true', 'aria-controls': listId, 'aria-autocomplete': 'list',
  });
  const list = h('div.palette-list', { id: listId, role: 'listbox', 'aria-label': t('palette.results') });
  const dialog = h('dialog.palette', { 'aria-label': t('palette.open') },
    h('div.palette-head', {}, icon('search'), box), list);
  const state = { fixed: fixedEntries(), found: [], shown: [], at: 0 };
  const run = (entry) => {
    dialog.close();
    entry.run();
  };
  const draw = () => drawEntries(state, box, list, listId, run);
  const look = debounce(150, async () => {
    const text = box.value.trim();
    const found = text ? await foundEntries(text) : [];
    if (box.value.trim() !== text || !dialog.open) return;
    state.found = found;
    draw();
  });
  box.addEventListener('input', () => {
    state.at = 0;
    state.found = [];
    draw();
    look();
  });
  box.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === COMPOSING) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) state.at = (state.at + step + state.shown.length) % Math.max(state.shown.length, 1);
    else if (event.key === 'Enter' && state.shown[state.at]) run(state.shown[state.at]);
    else return;
    event.preventDefault();
    if (step) draw();
  });
  dialog.addEventListener('close', () => dialog.remove());
  closeFromOutside(dialog);
  document.body.append(dialog);
  dialog.showModal();
  draw();
}

function drawEntries(state, box, list, listId, run) {
  const low = box.value.trim().toLowerCase();
  const fixed = state.fixed.filter((entry) => `${entry.text} ${entry.words}`.toLowerCase().includes(low));
  state.shown = [...fixed, ...state.found];
  const groups = Object.entries(Object.groupBy(state.shown, (entry) => entry.group));
  const option = (entry) => {
    const at = state.shown.indexOf(entry);
    const given = { id: `${listId}-${at}`, role: 'option', 'aria-selected': String(at === state.at) };
    return h('div.palette-option', { ...given, onclick: () => run(entry) }, icon(entry.sign), entry.text);
  };
  const drawn = groups.map(([name, entries]) => h('div', { role: 'group', 'aria-label': name },
    h('div.menu-heading', { 'aria-hidden': 'true' }, name), ...entries.map(option)));
  replace(list, drawn.length ? drawn : h('p.palette-none', { role: 'presentation' }, t('palette.none')));
  box.setAttribute('aria-activedescendant', state.shown.length ? `${listId}-${state.at}` : '');
  list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
}
