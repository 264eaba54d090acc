// A question about saved audiences: of one of them, or of up to three side by side.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { exact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { setQuery } from '../core/router.js';
import { checkbox } from '../ui/controls.js';
import { note } from '../ui/states.js';

const COMPARED_MAX = 3;

let saved = null;  // Those there were when they were asked for last.

async function savedAudiences() {
  const { audiences } = await api.get('/audiences');
  saved = audiences.map(({ name, title }) => ({ name, title: title || name }));
  return saved;
}

const titleOf = (name) => saved?.find((one) => one.name === name)?.title ?? name;
const chosenIn = (query) => (query.get('audiences') ?? '').split(',').filter(Boolean).slice(0, COMPARED_MAX);

/**
 * The parts of a question view, for everybody or for chosen audiences.
 *
 * @param parts - as `questionView` takes them; `ask` reads `audience` of the question, the name of one or nothing, and
 *   `compare(titles, answers)` shows several
 */
export function ofAudiences({ read, edit, ask, draw, compare }) {
  return {
    read: (query, words) => ({ ...read(query, words), audiences: chosenIn(query) }),
    edit: (question, words, query) => h('div.stack', {}, edit(question, words, query), chooser(question.audiences)),
    ask: async (question, query, signal) => {
      const names = question.audiences.length > 0 ? question.audiences : [null];
      if (question.audiences.length > 0 && !saved) await savedAudiences();
      return Promise.all(names.map(async (audience) => ({
        ...await ask({ ...question, audience, isCompared: names.length > 1 }, query, signal), chosen: audience,
      })));
    },
    draw: (answers) => {
      const titles = answers.map(({ chosen }) => titleOf(chosen));
      if (answers.length > 1) return compare(titles, answers);
      const [{ audience }] = answers;
      if (audience?.people === 0) return note(t('audience.holds_nobody', { name: titles[0] }), 'watch');
      return h('div.stack', {},
        audience && h('p.soft', {}, t('audience.holds', { name: titles[0], count: audience.people, of: audience.of })),
        draw(answers[0]));
    },
  };
}

/** Which audiences: nothing is shown where none is saved. */
function chooser(chosen) {
  const place = h('div');
  const drawNow = () => replace(place, saved.length > 0 && choices(chosen));
  if (saved) drawNow();
  else savedAudiences().then(drawNow).catch(() => {});  // Without the list the question is about everybody.
  return place;
}

function choices(chosen) {
  const put = (next) => setQuery({ audiences: next.join(',') || null }, { isReplacing: true });
  const known = [...saved, ...chosen.filter((name) => !saved.some((one) => one.name === name)).map((name) => (
    { name, title: name }))];
  const boxes = known.map(({ name, title }) => checkbox(title, chosen.includes(name), {
    disabled: !chosen.includes(name) && chosen.length >= COMPARED_MAX,
    onchange: ({ target }) => put(target.checked ? [...chosen, name] : chosen.filter((one) => one !== name)),
  }).element);
  const summary = chosen.length > 0 ? t('audience.of_chosen', { count: exact(chosen.length) }) : t('audience.of_all');
  return h('details.details', { open: chosen.length > 0 }, h('summary', {}, summary),
    h('div.stack-small', {}, h('p.soft.small', {}, t('audience.compare_hint', { most: COMPARED_MAX })),
      h('div.cluster', {}, ...boxes)));
}
