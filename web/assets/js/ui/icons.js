// Line icons on a 16-unit grid, in the colour of the text around them.

import { svg } from '../core/dom.js';

const PATHS = {
  overview: 'M2 14V9M6 14V4M10 14V7M14 14V2',
  collect: 'M8 2v7M5 6.5 8 9.5l3-3M2.5 10v3.5h11V10',
  plan: 'M3 2.5h10v11H3ZM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
  quality: 'M2 13.5h12M3.5 11V8.5M6.5 11V6M9.5 11V7.5M12.5 11V3.5',
  quarantine: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4ZM8 5.5v3M8 11h.01',
  import: 'M2.5 2.5h11v4h-11ZM6.5 2.5v4M8 8.5v4M5.8 11 8 13.2l2.2-2.2M2.5 9v5M13.5 9v5',
  cleaning: 'M9.5 2 8 8M5.5 8h5l2 6h-9ZM6.5 11.5v2.5M9.5 11.5v2.5',
  people: 'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c.4-2.6 2.2-4 4.5-4s4.1 1.4 4.5 4'
    + 'M10.5 2.8a2.4 2.4 0 0 1 0 4.5M12 9.8c1.5.5 2.3 1.8 2.5 3.7',
  decisions: 'M3.5 8h3M6.5 8l3-4h3.5M6.5 8l3 4h3.5M3.5 8a1 1 0 1 1-2 0 1 1 0 0 1 2 0Z',
  funnel: 'M2 3h12l-4.5 5.5V13l-3 1.5v-6Z',
  segmentation: 'M8 2v6l5 3.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z',
  metrics: 'M2.5 13.5h11M4 11l3-5 2.5 3L13 3M10.5 3H13v2.5',
  retention: 'M2.5 8a5.5 5.5 0 1 0 1.7-4M2.5 2v3h3M8 5v3.2l2.2 1.3',
  attribution: 'M3 3.5h2.5M3 8h2.5M3 12.5h2.5M5.5 3.5 10 8M5.5 8H10M5.5 12.5 10 8M10 8h3.5M11.8 6.2 13.5 8l-1.7 1.8',
  stages: 'M2 13.5h12M2.5 13.5v-3h3v-3h3v-3h3v-2h2v11',
  audiences: 'M6 13A4.5 4.5 0 1 0 6 4a4.5 4.5 0 0 0 0 9ZM10 12A4.5 4.5 0 1 0 10 3a4.5 4.5 0 0 0 0 9Z',
  paths: 'M2 8h3M5 8c3 0 2-4.5 5-4.5h4M5 8c3 0 2 4.5 5 4.5h4M5 8h9',
  lifecycle: 'M2.5 6A6 6 0 0 1 13 5M13 2v3h-3M13.5 10A6 6 0 0 1 3 11M3 14v-3h3',
  campaigns: 'M2 6.5v3h2.5L11 13V3L4.5 6.5ZM13 6.5c.8 1 .8 2 0 3M4.5 9.5l1 4',
  orders: 'M3 2h10v12l-2-1.3-1.5 1.3L8 12.7 6.5 14 5 12.7 3 14ZM5.5 5.5h5M5.5 8.5h5',
  catalogue: 'M2.5 2.5h4.5v4.5h-4.5ZM9 2.5h4.5v4.5H9ZM2.5 9h4.5v4.5h-4.5ZM9 9h4.5v4.5H9Z',
  policies: 'M8 2v12M4.5 14h7M2.5 5h11M2.5 5 .8 9.5h3.4ZM13.5 5l-1.7 4.5h3.4Z',
  settings: 'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z'
    + 'M6 13.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14',
  language: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2 8h12'
    + 'M8 2c2 1.8 2.6 4 2.6 6s-.6 4.2-2.6 6c-2-1.8-2.6-4-2.6-6S6 3.8 8 2Z',
  light: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.1 1.1'
    + 'M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  dark: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z',
  system: 'M2 3h12v8H2ZM6 14h4M8 11v3',
  user: 'M8 7.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM2.8 14c.4-2.8 2.5-4.3 5.2-4.3s4.8 1.5 5.2 4.3',
  calendar: 'M2.5 3.5h11v10h-11ZM2.5 6.5h11M5.5 2v3M10.5 2v3',
  down: 'M4 6.5 8 10.5l4-4',
  right: 'M6.5 4l4 4-4 4',
  left: 'M9.5 4l-4 4 4 4',
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  download: 'M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11',
  table: 'M2 3h12v10H2ZM2 6.5h12M6.5 6.5V13',
  up: 'M8 13V3M4 7l4-4 4 4',
  fall: 'M8 3v10M4 9l4 4 4-4',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.5V8l2.5 1.5',
  alert: 'M8 2 1.5 13.5h13ZM8 6.5v3.5M8 12h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.5V11M8 5h.01',
  out: 'M6 2.5H2.5v11H6M10 5l3 3-3 3M13 8H6',
  narrow: 'M2.5 3h11v10h-11ZM6 3v10',
};

/** An icon that says nothing to a screen reader: the words beside it do. */
export function icon(name) {
  const shape = svg('path', { d: PATHS[name] });
  return svg('svg.icon', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, shape);
}
