// How the things that events are about are shown: subjects, people, events, times.

import { h } from '../core/dom.js';
import { exactTime, shortTime } from '../core/format.js';
import { has, isChinese, t, wordFor } from '../core/i18n.js';
import { select, withTitle } from './controls.js';

/** `product:42` in words, or its title where the catalogue has one. */
export function subjectText(subject, title) {
  if (title) return title;
  const colon = subject.indexOf(':');
  const key = `subject.${subject.slice(0, colon)}`;
  return colon > 0 && has(key) ? t(key, { id: subject.slice(colon + 1) }) : subject;
}

export function subjectName(subject, title) {
  return withTitle(subjectText(subject, title), subject);
}

export function eventName(name) {
  return withTitle(wordFor('event', name), name);
}

export function personLink(person) {
  return h('a.id', { href: `/people/${encodeURIComponent(person)}` }, person);
}

/** One of the channels, or any. A channel that is asked for and not known yet is a choice too. */
export function channelSelect(channels, chosen, attributes) {
  const known = !chosen || channels.includes(chosen) ? channels : [chosen, ...channels];
  const all = [['', t('funnel.any_channel')], ...known.map((one) => [one, wordFor('channel', one)])];
  return select(all, chosen ?? '', attributes);
}

/** A time as short as it can be; exact on hover. */
export function timeText(time) {
  return time ? h('time.nowrap', { datetime: time, title: exactTime(time) }, shortTime(time)) : '–';
}

/** Why a choice was made, in the language of the page. */
export function explanationText(explanation) {
  return explanation ? explanation[isChinese() ? 'zh' : 'en'] : '';
}

/** A value of JSON as people write it: a line for a plain value, else its text. */
export function plainValue(value) {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
