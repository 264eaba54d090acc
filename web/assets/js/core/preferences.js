// What this browser remembers about how the console looks; every tab follows at once.

import { LANGUAGES, isChinese, preferredLanguage } from './i18n.js';

const KEY = 'quanyu';
const listeners = new Set();
const defaults = { language: null, theme: 'system', trend: 'auto', density: 'dense', zone: null, isNavNarrow: false };
let stored = read();

function read() {
  try {
    return { ...defaults, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return { ...defaults };
  }
}

export const preferences = {
  get language() {
    return LANGUAGES.includes(stored.language) ? stored.language : preferredLanguage();
  },
  get theme() {
    return stored.theme;
  },
  get trend() {
    return stored.trend;
  },
  get density() {
    return stored.density;
  },
  get isNavNarrow() {
    return stored.isNavNarrow;
  },
  get zone() {
    return stored.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
  },
};

export function setPreference(name, value) {
  stored = { ...stored, [name]: value };
  try {
    localStorage.setItem(KEY, JSON.stringify(stored));
  } catch {
    // It holds for this page only.
  }
  listeners.forEach((listener) => listener(name));
}

/** Calls back with the name of what changed, here or in another tab. */
export function onPreference(listener) {
  listeners.add(listener);
}

window.addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  const before = stored;
  stored = read();
  for (const name of Object.keys(defaults)) {
    if (before[name] !== stored[name]) listeners.forEach((listener) => listener(name));
  }
});

const systemDark = matchMedia('(prefers-color-scheme: dark)');
systemDark.addEventListener('change', () => {
  if (stored.theme === 'system') listeners.forEach((listener) => listener('theme'));
});

export function isDark() {
  return stored.theme === 'dark' || (stored.theme !== 'light' && systemDark.matches);
}

/** Puts theme, density and the colours of up and down on the page. */
export function applyLook() {
  const { dataset } = document.documentElement;
  dataset.theme = isDark() ? 'dark' : 'light';
  dataset.density = stored.density;
  const byLanguage = isChinese() ? 'red-up' : 'green-up';
  dataset.trend = stored.trend === 'auto' ? byLanguage : stored.trend;
}
