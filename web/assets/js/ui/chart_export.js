// A chart as a file: its rows as CSV, its picture as pixels or as lines and letters.

import { download, h } from '../core/dom.js';
import { fileName } from '../core/file_name.js';
import { t } from '../core/i18n.js';
import { icon } from './icons.js';
import { menu } from './menu.js';
import { downloadCsv } from './table.js';

const PIXEL_RATIO = 2;

/** @param drawing - gives `{ library, option, width, height, background }` of the picture; null where there is none */
export function exportMenu({ name, label, columns, rows, drawing }) {
  const trigger = h('button.button.is-quiet', { type: 'button', 'aria-label': t('export.of', { label }) },
    icon('download'), h('span', {}, t('export.action')));
  const files = [
    ['csv', () => downloadCsv(name, columns, rows)],
    ['svg', () => savePicture(name, 'svg', drawing())],
    ['png', () => savePicture(name, 'png', drawing())],
  ];
  return menu(trigger, () => files.map(([kind, onChoose]) => ({ text: t(`export.${kind}`), onChoose })));
}

/** Draws the chart once more by itself: in any size, and whether or not it is on the page just now. */
async function savePicture(name, kind, drawing) {
  if (!drawing) return;
  const { library, option, width, height, background } = drawing;
  const isSvg = kind === 'svg';
  const place = isSvg ? null : h('div', { style: { width: `${width}px`, height: `${height}px` } });
  const instance = library.init(place, null, { renderer: isSvg ? 'svg' : 'canvas', ssr: isSvg, width, height });
  instance.setOption({ ...option, backgroundColor: background });
  const file = await fileName(name, kind);
  if (isSvg) {
    download(file, 'image/svg+xml', instance.renderToSVGString());
  } else {
    const url = instance.getDataURL({ type: 'png', pixelRatio: PIXEL_RATIO, backgroundColor: background });
    h('a', { href: url, download: file }).click();
  }
  instance.dispose();
}
