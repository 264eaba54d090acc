// Why one thing was shown to one person, opened beside the event.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { percent } from '../core/format.js';
import { t } from '../core/i18n.js';
import { badge } from '../ui/controls.js';
import { errorState, skeleton } from '../ui/states.js';
import { explanationText } from '../ui/words.js';
import { reasonBadges } from './decision_parts.js';

/** Opens or closes the explanation of an event that came from a decision. */
export async function whyShown(toggle, place, event) {
  place.hidden = !place.hidden;
  toggle.setAttribute('aria-expanded', String(!place.hidden));
  if (place.hidden || place.dataset.isFilled) return;
  replace(place, skeleton(1));
  try {
    const decision = await api.get(`/decisions/${encodeURIComponent(event.decision)}`);
    const choice = decision.choices.find((one) => one.subject === event.subject);
    replace(place, choice ? explain(decision, choice) : notChosen(decision));
    place.dataset.isFilled = 'true';
  } catch (error) {
    replace(place, errorState(error));
  }
}

function decisionLink(decision) {
  return h('a.link', { href: `/decisions/${encodeURIComponent(decision.decision)}` }, t('why.more'));
}

function explain(decision, choice) {
  const count = decision.candidates.length;
  return h('div.stack-small', {},
    h('p.why-words', {}, explanationText(choice.explanation)),
    h(
      'p.soft', {},
      t('why.numbers', { position: choice.position, count, probability: percent(choice.probability) })
    ),
    h('div.cluster', {}, ...reasonBadges(choice.reasons), badge(decision.policy), decisionLink(decision)));
}

function notChosen(decision) {
  return h('p.soft', {}, t('why.not_chosen'), ' ', decisionLink(decision));
}
