// What to paste for each client: the one line that points it here.

import { firstEventCommand } from './first_event.js';

const KEY = 'qyw_…';

/** `[format, text]`, the usual first. */
export function snippets(origin) {
  const host = new URL(origin).host;
  return [
    ['web', `<script src="${origin}/sdk/quanyu.js" data-key="${KEY}" defer></script>`],
    ['http', firstEventCommand()],
    ['segment', `analytics.Client("${KEY}", host="${origin}")`],
    ['rudder', `Client("${KEY}", host="${origin}")`],
    ['posthog', [
      `Posthog("${KEY}", host="${origin}")  # Python`,
      `posthog.init("${KEY}", { api_host: "${origin}" })  // JavaScript`,
    ].join('\n')],
    ['sensors', `${origin}/sa?project=default&token=${KEY}`],
    ['snowplow', [
      `Tracker("shop", Emitter("${origin}"), app_id="${KEY}")  # Python`,
      `newTracker("sp", "${origin}", { appId: "${KEY}" })  // JavaScript`,
    ].join('\n')],
    ['ga4', `${origin}/mp/collect?measurement_id=G-1&api_secret=${KEY}`],
    ['jitsu', `jitsuAnalytics({ host: "${origin}", writeKey: "${KEY}" })`],
    ['cloudevents', `${origin}/api/v1/cloudevents?access_token=${KEY}`],
    ['braze', `https://${host}/users/track  Authorization: Bearer ${KEY}`],
    ['douyin', `${origin}/douyin/live?key=${KEY}`],
  ];
}
