// Commands that a person can copy to send something here.

/** Sends one event with curl; the key stays in the shell's variable. */
export function firstEventCommand() {
  const event = '{"person": "ana", "name": "product_view", "channel": "live", "subject": "product:42"}';
  return [
    `curl ${location.origin}/api/v1/events \\`,
    '  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\',
    `  -d '${event}'`,
  ].join('\n');
}

/** Asks for a decision with curl. */
export function firstDecisionCommand() {
  return [
    `curl ${location.origin}/api/v1/decide -H "Authorization: Bearer $KEY" \\`,
    '  -H "Content-Type: application/json" -d \'{"person": "ana", "surface": "home", "count": 3}\'',
  ].join('\n');
}
