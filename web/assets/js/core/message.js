// The part of ICU's message syntax that the catalogues use:
// `{name}`, `{n, plural, one {…} other {…}}`, `{x, select, …}`.

/** Parts of a message: text, `{argument}`, or `{argument, options}`. Throws on unbalanced braces. */
export function parseMessage(text) {
  const reader = { text, at: 0 };
  const parts = readParts(reader, false);
  if (reader.at < text.length) throw new Error(`unbalanced } at ${reader.at} in ${text}`);
  return parts;
}

function readParts(reader, counted) {
  const parts = [];
  let plain = '';
  const flush = () => {
    if (plain) parts.push(plain);
    plain = '';
  };
  while (reader.at < reader.text.length && reader.text[reader.at] !== '}') {
    const character = reader.text[reader.at];
    reader.at += 1;
    if (character === '{') {
      flush();
      parts.push(readArgument(reader));
    } else if (character === '#' && counted) {
      flush();
      parts.push({ argument: counted });
    } else {
      plain += character;
    }
  }
  flush();
  return parts;
}

function readArgument(reader) {
  const head = /\s*(\w+)\s*(?:,\s*(plural|select)\s*,)?/y;
  head.lastIndex = reader.at;
  const match = head.exec(reader.text);
  if (!match) throw new Error(`no argument at ${reader.at} in ${reader.text}`);
  reader.at = head.lastIndex;
  const [, argument, kind] = match;
  if (!kind) {
    expect(reader, '}');
    return { argument };
  }
  const options = {};
  const option = /\s*(=?\w+)\s*\{/y;
  for (;;) {
    option.lastIndex = reader.at;
    const found = option.exec(reader.text);
    if (!found) break;
    reader.at = option.lastIndex;
    options[found[1]] = readParts(reader, kind === 'plural' ? argument : false);
    expect(reader, '}');
  }
  reader.at += /\s*/y.exec(reader.text.slice(reader.at))[0].length;
  expect(reader, '}');
  return { argument, kind, options };
}

function expect(reader, character) {
  if (reader.text[reader.at] !== character) throw new Error(`no ${character} at ${reader.at} in ${reader.text}`);
  reader.at += 1;
}

/** The parts with their arguments filled in; arguments may be elements. */
export function fillMessage(parts, given, { plural, number }) {
  return parts.flatMap((part) => {
    if (typeof part === 'string') return [part];
    const value = given[part.argument];
    if (!part.options) return [typeof value === 'number' ? number(value) : value ?? ''];
    const wanted = part.kind === 'select' ? value : plural(value);
    const option = part.options[`=${value}`] ?? part.options[wanted] ?? part.options.other ?? [];
    return fillMessage(option, given, { plural, number });
  });
}
