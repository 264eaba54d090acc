// The pages there are, in the order of the loop.

export const GROUPS = [
  { pages: [{ name: 'overview', path: '/overview', key: 'o' }] },
  {
    heading: 'nav.group_collect',
    pages: [
      { name: 'collect', path: '/collect', key: 'c' }, { name: 'quarantine', path: '/quarantine', key: 'q' },
      { name: 'import', path: '/import', key: 'i' }, { name: 'plan', path: '/plan', key: 't' },
      { name: 'quality', path: '/quality', key: 'y' }, { name: 'cleaning', path: '/cleaning', key: 'l' },
      { name: 'people', path: '/people', key: 'p' },
      { name: 'catalogue', path: '/catalogue', key: 'k' },
    ],
  },
  {
    heading: 'nav.group_decide',
    pages: [{ name: 'decisions', path: '/decisions', key: 'd' }, { name: 'policies', path: '/policies', key: 'v' }],
  },
  {
    heading: 'nav.group_measure',
    pages: [
      { name: 'metrics', path: '/metric', key: 'x' }, { name: 'orders', path: '/orders', key: 'r' },
      { name: 'funnel', path: '/funnel', key: 'f' }, { name: 'segmentation', path: '/segmentation', key: 'g' },
      { name: 'retention', path: '/retention', key: 'e' }, { name: 'attribution', path: '/attribution', key: 'a' },
      { name: 'stages', path: '/stages', key: 'n' }, { name: 'audiences', path: '/audiences', key: 'u' },
      { name: 'paths', path: '/paths', key: 'h' }, { name: 'lifecycle', path: '/lifecycle', key: 'w' },
      { name: 'campaigns', path: '/campaigns', key: 'm' },
    ],
  },
];

export const SETTINGS = { name: 'settings', path: '/settings', key: 's' };
export const PAGES = [...GROUPS.flatMap((group) => group.pages), SETTINGS];

/** On a phone these are at hand; the others are behind “more”. */
export const AT_HAND = ['overview', 'people', 'decisions', 'funnel'];
