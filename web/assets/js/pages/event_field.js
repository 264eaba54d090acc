// The choice of an event and its channel, as questions hold them.

import { h } from '../core/dom.js';
import { wordFor } from '../core/i18n.js';
import { field, select } from '../ui/controls.js';
import { channelSelect } from '../ui/words.js';

/**
 * @param labels - `{ name, channel, none? }`; where `none` is given, no event is a choice too and has these words
 * @param event - `{ name, channel? }`, or null
 * @param change - is called with the event as chosen, or null
 */
export function eventField(labels, event, { names, channels }, change) {
  const known = !event || names.includes(event.name) ? names : [event.name, ...names];
  const pairs = known.map((name) => [name, wordFor('event', name)]);
  const name = select(labels.none ? [['', labels.none], ...pairs] : pairs, event?.name ?? '', {
    onchange: (changed) => change(changed.target.value ? { name: changed.target.value } : null),
  });
  const channel = event && channelSelect(channels, event.channel, {
    'aria-label': labels.channel,
    onchange: (changed) => change({ name: event.name, channel: changed.target.value || undefined }),
  });
  return h('div.field-row', {}, field(labels.name, name), channel);
}
