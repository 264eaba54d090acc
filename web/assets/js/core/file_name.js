// What exported files are called: by the page, by what is in them, and by the days that the page looks at.

import { asDays, currentRange } from './range.js';
import { shownRoute } from './router.js';

/** Such as `funnel-groups_2025-03-01_2025-03-28.csv`. */
export async function fileName(name, extension) {
  const { page, usesRange } = shownRoute() ?? {};
  const whole = !page || name === page || name.startsWith(`${page}-`) ? name : `${page}-${name}`;
  const days = usesRange ? asDays(await currentRange(new URLSearchParams(location.search))) : null;
  return `${[whole, ...(days ? [days.from, days.to] : [])].join('_')}.${extension}`;
}
