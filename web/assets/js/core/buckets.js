// Buckets of a time axis on the days of a zone.

import { dayText, startOfDay } from './zone.js';

const DAY_MS = 86_400_000;
const ADDED = ['events', 'orders', 'gmv_minor'];

/**
 * Buckets of days begin on the zone's own days. The API knows one offset for a whole answer, so on one side of a
 * change of the clock its days begin an hour off; where the clock was put back, the hour that is left over is added
 * to its day.
 * @param buckets - the API's: `start`, `events`, `orders`, `gmv_minor`
 * @param range - from, to (ms)
 */
export function onDays(buckets, bucketMs, { from, to }, zone) {
  if (bucketMs < DAY_MS) return buckets;
  const days = new Map();
  for (const bucket of buckets) {
    const start = Date.parse(bucket.start);
    const middle = (Math.max(start, from) + Math.max(from + 1, Math.min(start + DAY_MS, to))) / 2;
    const day = dayText(zone, middle);
    const sum = days.get(day) ?? { start: new Date(startOfDay(zone, middle)).toISOString() };
    for (const name of ADDED) sum[name] = (sum[name] ?? 0) + bucket[name];
    days.set(day, sum);
  }
  return [...days.values()];
}
