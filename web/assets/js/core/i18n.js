// The words: one catalogue for each language, fetched when it is needed.

import { fillMessage, parseMessage } from './message.js';

export const LANGUAGES = ['zh-CN', 'en'];

const state = { language: 'en', messages: new Map(), rules: null, numbers: null };

/** What the browser asks for, of the languages there are. */
export function preferredLanguage() {
  return (navigator.languages ?? [navigator.language]).some((tag) => tag.startsWith('zh')) ? 'zh-CN' : 'en';
}

/** Switches language; throws if its catalogue cannot be fetched, and then nothing changes. */
export async function useLanguage(language) {
  const answer = await fetch(`/assets/i18n/${language}.json`);
  if (!answer.ok) throw new Error(`catalogue ${language}: ${answer.status}`);
  const catalogue = await answer.json();
  state.messages = new Map(Object.entries(catalogue));
  state.language = language;
  state.rules = new Intl.PluralRules(language);
  state.numbers = new Intl.NumberFormat(language);
  document.documentElement.lang = language;
}

export function language() {
  return state.language;
}

export function isChinese() {
  return state.language === 'zh-CN';
}

/** Whether the catalogue has words for a key that was made from data. */
export function has(key) {
  return state.messages.has(key);
}

/** The words for a key, as text. */
export function t(key, given = {}) {
  return rich(key, given).join('');
}

/** The words for a key, as a list that may hold elements among the text. */
export function rich(key, given = {}) {
  const message = state.messages.get(key);
  if (message === undefined) return [key];
  const parts = typeof message === 'string' ? parseMessage(message) : message;
  state.messages.set(key, parts);
  const plural = (value) => state.rules.select(value);
  return fillMessage(parts, given, { plural, number: (value) => state.numbers.format(value) });
}

/** The words for a name that comes from data; names without words of ours are shown as they are. */
export function wordFor(group, name) {
  const key = `${group}.${name}`;
  return has(key) ? t(key) : name;
}
