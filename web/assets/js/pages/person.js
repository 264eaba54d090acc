// One person: who they are to us, what their events tell of them, and everything they did, newest first.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { clock, compact, dayWithWeekday, exact, exactMoney, exactTime } from '../core/format.js';
import { t, wordFor } from '../core/i18n.js';
import { withQuery } from '../core/router.js';
import { badge, button, withTitle } from '../ui/controls.js';
import { metricLabel } from '../ui/metric_mark.js';
import { moneyLines } from '../ui/money_columns.js';
import { facts, figure, figures, pageHead, panel } from '../ui/panel.js';
import { asking, emptyState, errorState, note } from '../ui/states.js';
import { csvButton } from '../ui/table.js';
import { eventName, plainValue, subjectText, timeText } from '../ui/words.js';
import { personErase } from './person_erase.js';
import { personIDs } from './person_ids.js';
import { personProfile } from './person_profile.js';
import { whyShown } from './why_shown.js';

const PAGE_ROWS = 50;

export default {
  title: () => t('person.title'),
  show({ parameters, query }) {
    const path = `/people/${encodeURIComponent(parameters.id)}`;
    const profile = personProfile(parameters.id);
    let sequences = query.get('sequences');
    const place = asking((answer) => draw(answer, path, again, profile, sequences), { lines: 10 });
    const again = () => place.ask((signal) => api.get(path, { limit: PAGE_ROWS, sequences }, signal));
    again();
    const decisions = h(
      'a.button.is-plain', { href: `/decisions?person=${encodeURIComponent(parameters.id)}` }, t('person.decisions')
    );
    const back = h('a.back', { href: '/people' }, t('nav.people'));
    const element = h('div', {}, back, pageHead(parameters.id, null, decisions), place.element);
    const update = (changed) => {
      sequences = changed.get('sequences');
      again();
    };
    const leave = () => {
      place.stop();
      profile.stop();
    };
    return { element, update, leave };
  },
};

function draw(answer, path, again, profile, sequences) {
  const { person, summary, metrics, traits, events, next, left_out: leftOut } = answer;
  const known = Object.entries(traits);
  const shown = timeline(events, next, path, sequences);
  if (summary.events > 0) profile.begin();
  if (sequences) requestAnimationFrame(() => shown.scrollIntoView({ block: 'start' }));
  return h('div.stack', {},
    figures(
      figure(metricLabel('events', metrics), withTitle(compact(summary.events), exact(summary.events))),
      figure(metricLabel('orders', metrics), exact(summary.orders)),
      figure(metricLabel('gmv', metrics), moneyLines(summary.gmv)),
      figure(t('column.first_seen'), h('span.is-small', {}, timeText(summary.first_time))),
      figure(t('column.last_seen'), h('span.is-small', {}, timeText(summary.last_time)))),
    known.length > 0 && panel(t('person.traits'), facts(known.map(([name, value]) => [name, plainValue(value)]))),
    personIDs(person, again), summary.events > 0 && profile.element,
    leftOut > 0 && note(t('person.left_out', { count: leftOut })),
    shown, personErase(answer));
}

function timeline(events, next, path, sequences) {
  if (events.length === 0) return emptyState({ title: t('person.empty_title'), text: t('person.empty_text') });
  const all = [...events];
  const list = h('div.timeline');
  const more = h('div.timeline-more');
  const add = (page, cursor) => {
    addDays(list, page);
    const older = cursor && button({ text: t('person.older'), onclick: () => load(cursor) });
    replace(more, older || h('p.faint', {}, t('person.beginning')));
  };
  const load = async (cursor) => {
    more.firstChild.disabled = true;
    try {
      const page = await api.get(path, { limit: PAGE_ROWS, before: cursor, sequences });
      all.push(...page.events);
      add(page.events, page.next);
    } catch (error) {
      replace(more, errorState(error, () => load(cursor)));
    }
  };
  add(events, next);
  const filtered = sequences && h('p.cluster', {}, t('person.behind', { count: events.length }), h(
    'a.link', { href: withQuery({ sequences: null }) }, t('person.all_events')
  ));
  const tools = [csvButton('timeline', csvColumns, all)];
  return panel(t('person.timeline'), [filtered, list, more].filter(Boolean), { tools });
}

const csvColumns = ['id', 'time', 'name', 'channel', 'subject', 'title', 'decision', 'source']
  .map((name) => ({ title: name, csv: (event) => event[name] }))
  .concat([
    { title: 'value_minor', csv: (event) => event.value?.minor },
    { title: 'currency', csv: (event) => event.value?.currency },
    { title: 'properties', csv: (event) => event.properties && JSON.stringify(event.properties) },
  ]);

/** Adds events to the end; a day that is already there goes on. */
function addDays(list, events) {
  for (const event of events) {
    const day = dayWithWeekday(event.time);
    if (list.lastElementChild?.dataset.day !== day) {
      list.append(h('section.timeline-day', { 'data-day': day }, h('h3', {}, day), h('ol', {})));
    }
    list.lastElementChild.lastElementChild.append(row(event));
  }
}

function row(event) {
  const explained = h('div.why', { hidden: true });
  const toggle = event.decision && event.name !== 'decision' && button({
    text: t('why.ask'), kind: 'quiet', 'aria-expanded': 'false', onclick: () => whyShown(toggle, explained, event),
  });
  const detail = event.name === 'decision'
    && h(
      'a.link.small', { href: `/decisions/${encodeURIComponent(event.decision ?? event.id)}` },
      t('person.open_decision')
    );
  const properties = event.properties && Object.keys(event.properties).length > 0 && details(event);
  return h('li.timeline-row', {},
    h('time.timeline-time', { datetime: event.time, title: exactTime(event.time) }, clock(event.time)),
    h('div.grow', {},
      h('div.cluster', {},
        h('span.timeline-name', {}, eventName(event.name)),
        event.subject && h('span.soft', { title: event.subject }, subjectText(event.subject, event.title)),
        event.value && h('span.timeline-value', {}, exactMoney(event.value)),
        event.channel !== 'unknown' && badge(wordFor('channel', event.channel)), toggle, detail),
      explained, properties));
}

function details(event) {
  const pairs = Object.entries(event.properties).map(([name, value]) => [name, plainValue(value)]);
  return h('details.timeline-properties', {}, h('summary', {}, t('person.properties')), facts(pairs));
}
