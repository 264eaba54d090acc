// Building pages from elements: text is always text, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element: `h('button.primary', { type: 'button', onclick }, 'text', child)`; null and false are left out. */
export function h(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  return fill(document.createElement(tag || 'div'), classes, attributes, children);
}

/** The same for SVG. */
export function svg(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  return fill(document.createElementNS(SVG, tag), classes, attributes, children);
}

function fill(element, classes, attributes, children) {
  if (classes.length) element.setAttribute('class', classes.join(' '));
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  append(element, children);
  return element;
}

function setAttribute(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'style') for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
  else if (name === 'value' && 'value' in element) element.value = value;
  else element.setAttribute(name, value === true ? '' : value);
}

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
}

/** Puts other children in place of those there are. */
export function replace(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
  return parent;
}

const ACTIONABLE = 'a[href], button, input, select, summary';

/** Redraws what is in a place; who stood on one of its controls stands on the same one after. */
export function keepFocus(place, redraw) {
  const at = [...place.querySelectorAll(ACTIONABLE)].indexOf(document.activeElement);
  redraw();
  if (at < 0) return;
  const controls = [...place.querySelectorAll(ACTIONABLE)];
  controls[Math.min(at, controls.length - 1)]?.focus({ preventScroll: true });
}

let serial = 0;

/** An id that no other element has, for labels and descriptions. */
export function uniqueId(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}

/** Says something to screen readers without moving the focus. */
export function announce(text) {
  const region = document.getElementById('live-region');
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50);
}

/** Calls once, when nothing has called for `milliseconds`. */
export function debounce(milliseconds, action) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), milliseconds);
  };
}

/** Hands a file to the person. */
export function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
