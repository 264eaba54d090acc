/* Quanyu's web SDK: docs/web-sdk.md says what it sends, when, and every attribute. Under 5,000 bytes gzipped. */
(() => {
  'use strict';

  const script = document.currentScript;
  const waiting = window.quanyu;
  if (!script || !script.dataset.key || (waiting && waiting.track)) return;

  const { key, consent } = script.dataset;
  const channel = script.dataset.channel || 'web';
  const heartbeat = Math.max(1, +script.dataset.heartbeat || 15); // Seconds.
  const base = script.dataset.server || script.src.replace(/\/sdk\/quanyu\.js.*$/, '');
  const idleMax = 60; // Seconds without input after which a page is not read any more.
  const queueMax = 1000; // Events; the oldest give way.
  const batchMax = 50; // Events in a request.
  const charsMax = 16000; // Of a request: under the 64 KiB that browsers let outlive a page, at 3 bytes a character.
  const hour = 3600000;

  const safe = (work) => (...given) => {
    try {
      return work(...given);
    } catch (error) {
      console.debug('quanyu', error);
    }
  };
  const on = (target, name, work) => target.addEventListener(name, safe(work), { capture: true, passive: true });
  const visible = () => document.visibilityState === 'visible';

  // What is kept: in localStorage, or for this page alone where there is none.

  const memory = new Map();
  const get = (name) => {
    if (memory.has(name)) return memory.get(name);
    try {
      return localStorage.getItem('quanyu.' + name);
    } catch {}
  };
  const drop = (name) => {
    memory.delete(name);
    try {
      localStorage.removeItem('quanyu.' + name);
    } catch {}
  };
  const put = (name, value) => {
    drop(name);
    try {
      localStorage.setItem('quanyu.' + name, value);
    } catch {
      memory.set(name, value);
    }
  };
  /** Each event has an entry of its own, so that no tab overwrites another's; names sort by time. */
  const queued = () => {
    let names = [...memory.keys()];
    try {
      names = names.concat(Object.keys(localStorage).map((name) => name.split('quanyu.')[1] || ''));
    } catch {}
    return names.filter((name) => name.startsWith('e.')).sort();
  };

  // Who: an id by chance, and the login where the page told it.

  const chance = (count) =>
    Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => (byte + 256).toString(16).slice(1)).join('');
  const allowed = () => {
    const choice = get('consent');
    return choice ? choice === 'yes' : consent !== 'required' && !navigator.globalPrivacyControl;
  };
  const ids = () => {
    if (!get('anonymous')) put('anonymous', chance(16));
    return { login: get('login') || undefined, anonymous: get('anonymous') };
  };

  // Sending: an event stays until the server has answered for it; its id makes a second copy a duplicate.

  const emit = (name, more) => {
    if (!allowed()) return;
    const time = Date.now();
    const id = time.toString(36) + chance(8);
    const number = +get('n') + 1 || 1; // Shows what was lost on the way.
    put('n', number);
    const properties = { ...(more || {}).properties, stream_number: number };
    const event = { id, ids: ids(), name, channel, time, ...more, properties };
    const text = JSON.stringify(event);
    if (text.length > charsMax) throw new Error(name + ' is too large');
    put('e.' + id, text);
    const names = queued();
    names.slice(0, -queueMax).forEach(drop);
    later(names.length < 20 ? 3000 : 0);
  };

  let timer, due, busy, leaving;
  let most = batchMax;
  let tries = 0;
  let retryAt = 0;

  const later = (ms) => {
    if (timer && due <= Date.now() + ms) return;
    clearTimeout(timer);
    due = Date.now() + ms;
    timer = setTimeout(safe(send), ms);
  };
  const address = (path) => `${base}/api/v1/${path}?key=${encodeURIComponent(key)}`;
  /** As text and with the key in the address, so that browsers ask for no leave first. */
  const post = (path, body, ms) =>
    fetch(address(path), {
      method: 'POST',
      body,
      keepalive: true,
      credentials: 'omit',
      signal: AbortSignal.timeout && AbortSignal.timeout(ms),
    });
  const take = (names) => {
    const batch = new Map();
    let chars = 0;
    for (const name of names.slice(0, most)) {
      const text = get(name);
      if (!text) continue; // Another tab was quicker.
      chars += text.length;
      if (chars > charsMax && batch.size) break;
      batch.set(name, text);
    }
    return batch;
  };
  const body = (batch) =>
    `[${Array.from(batch.values(), (text) => `{"sent_at":${Date.now()},${text.slice(1)}`).join()}]`;

  const drain = async () => {
    for (let batch; allowed() && (batch = take(queued())).size; ) {
      const answer = await post('events', body(batch), 30000).catch(() => ({ status: 0 }));
      const isRefused = [400, 413, 415].includes(answer.status);
      if (isRefused && batch.size > 1) {
        most = 1; // One of them is at fault: only that one is given up.
      } else if (answer.ok || isRefused || answer.status === 422) {
        [...batch.keys()].forEach(drop);
        if (!isRefused) most = batchMax;
        tries = retryAt = 0;
      } else {
        const asked = answer.status ? answer.headers.get('Retry-After') : 0;
        if (asked) put('wait', Date.now() + Math.min(hour, (+asked || 60) * 1000));
        retryAt = Date.now() + Math.min(300, 2 ** tries++) * (500 + 500 * Math.random());
        return;
      }
    }
  };
  const patience = () => {
    const ms = Math.max(retryAt, +get('wait') || 0) - Date.now();
    return ms > hour ? 0 : ms; // The clock was set back.
  };
  const send = () => {
    timer = 0;
    if (busy || !allowed() || !queued().length) return;
    if (patience() > 0) return later(patience());
    busy = true;
    const done = () => {
      busy = false;
      if (queued().length) later(Math.max(0, patience()) || 3000);
    };
    const locks = navigator.locks; // One tab sends at a time.
    const work = locks ? locks.request('quanyu', { ifAvailable: true }, (lock) => lock && drain()) : drain();
    work.catch(drain).then(done, done);
  };

  // Dwell: seconds in which the page was seen, had the focus, and was in use.

  let url, path, page, place;
  let seconds = 0;
  let ticked = performance.now();
  let used = ticked;
  let watching = false;

  const room = () => {
    const marked = document.querySelector('[data-quanyu-room]');
    return marked && marked.dataset.quanyuRoom && 'room:' + marked.dataset.quanyuRoom;
  };
  const stay = () => {
    const whole = Math.round(seconds);
    seconds = 0;
    if (!whole) return;
    if (place === page) emit('page_stay', { subject: page, properties: { seconds: whole } });
    else emit('room_stay', { subject: place, channel: 'live', properties: { seconds: whole } });
  };
  const beat = () => {
    const now = performance.now();
    if (watching) seconds += Math.min(2, (now - ticked) / 1000); // A machine that slept saw nothing.
    ticked = now;
    const here = room() || page;
    watching = visible() && document.hasFocus() && (here !== page || now - used < idleMax * 1000);
    if (here !== place) {
      stay();
      place = here;
      if (here !== page) emit('room_enter', { subject: here, channel: 'live' });
    } else if (seconds >= heartbeat) stay();
  };

  // Exposures and clicks.

  const near = (element, name) => {
    const marked = element.closest(`[data-quanyu-${name}]`);
    return (marked && marked.getAttribute('data-quanyu-' + name)) || undefined;
  };
  const about = (element) => {
    const fields = { subject: near(element, 'subject'), decision: near(element, 'decision') };
    safe(() => (fields.properties = JSON.parse(near(element, 'properties') || '{}')))();
    return fields;
  };
  const kind = (fields) => (fields.subject || '').split(':')[0];

  const exposed = new Set(); // Once each in a page view.
  const timers = new Map();
  let known = new WeakMap();
  let scanning;

  const hide = (element) => {
    clearTimeout(timers.get(element));
    timers.delete(element);
  };
  const expose = (element) => {
    const fields = about(element);
    const what = known.get(element);
    if (!visible() || exposed.has(what)) return;
    exposed.add(what);
    emit(/^(product|coupon)$/.test(kind(fields)) ? kind(fields) + '_exposure' : 'exposure', fields);
  };
  const sight = new IntersectionObserver(
    safe((entries) => {
      for (const { target, intersectionRatio, intersectionRect } of entries) {
        const area = intersectionRect.width * intersectionRect.height;
        if (!area || (intersectionRatio < 0.5 && area * 2 < innerWidth * innerHeight)) hide(target);
        else if (!timers.has(target)) timers.set(target, setTimeout(safe(expose), 1000, target));
      }
    }),
    { threshold: Array.from({ length: 21 }, (_, index) => index / 20) },
  );
  const scan = () => {
    scanning = 0;
    if (!visible()) return;
    document.querySelectorAll('[data-quanyu-subject]').forEach((element) => {
      const what = near(element, 'subject') + ' ' + near(element, 'decision');
      if (known.get(element) === what) return;
      known.set(element, what);
      hide(element);
      sight.unobserve(element);
      sight.observe(element);
    });
  };
  const forget = () => {
    [...timers.keys()].forEach(hide);
    sight.disconnect();
    known = new WeakMap();
  };

  // Page views.

  const view = () => {
    const hash = /^#[!/]/.test(location.hash) ? location.hash : '';
    const here = location.pathname + location.search + hash;
    if (here === url) return;
    beat();
    stay();
    const before = url ? location.origin + path : document.referrer.split(/[?#]/)[0];
    url = here;
    path = location.pathname + hash.split('?')[0];
    page = 'page:' + path.slice(0, 200);
    const properties = { title: document.title, referrer: before || undefined };
    new URLSearchParams(location.search).forEach((value, name) => {
      if (/^utm_/.test(name)) properties[name] = value;
    });
    emit('page_view', { subject: page, properties });
    beat();
    exposed.clear();
    forget();
    scan();
  };
  const again = () => {
    url = place = undefined;
    seconds = 0;
    view();
  };
  let viewing;
  /** Routers redirect and set the title a moment later. */
  const soon = () => {
    clearTimeout(viewing);
    viewing = setTimeout(safe(view), 50);
  };

  const begin = () => {
    for (const name of ['pushState', 'replaceState']) {
      const original = history[name];
      history[name] = function (...given) {
        const result = original.apply(this, given);
        soon();
        return result;
      };
    }
    on(window, 'popstate', soon);
    on(window, 'hashchange', soon);
    on(window, 'focus', beat);
    on(window, 'blur', beat);
    for (const name of ['pointerdown', 'pointermove', 'keydown', 'scroll', 'wheel']) {
      on(window, name, () => (used = performance.now()));
    }
    on(window, 'click', (event) => {
      const marked = event.composedPath().find((one) => one.hasAttribute && one.hasAttribute('data-quanyu-click'));
      if (!marked) return;
      const fields = about(marked);
      emit(marked.dataset.quanyuClick || (kind(fields) === 'product' ? 'product_click' : 'click'), fields);
    });
    on(document, 'visibilitychange', () => {
      beat();
      if (visible()) return scan();
      stay();
      forget();
      if (!leaving) send();
    });
    on(window, 'pagehide', () => {
      leaving = true;
      beat();
      stay();
      const batch = take(queued().reverse());
      if (allowed() && batch.size && patience() <= 0) navigator.sendBeacon(address('events'), body(batch));
    });
    on(window, 'pageshow', (event) => {
      leaving = false;
      if (event.persisted) again();
    });
    on(window, 'online', () => {
      tries = retryAt = 0;
      send();
    });
    setInterval(safe(beat), 1000);
    new MutationObserver(() => (scanning = scanning || setTimeout(safe(scan), 100))).observe(document, {
      subtree: true,
      childList: true,
      attributeFilter: ['data-quanyu-subject', 'data-quanyu-decision'],
    });
    view();
    send();
  };

  const api = {
    track: (name, properties, fields) => name && emit(String(name), { ...fields, properties }),
    identify: (login) => {
      const name = String(login).trim();
      if (!allowed() || !login || get('login') === name) return;
      if (get('login')) api.reset(); // Another person at this browser.
      put('login', name);
      emit('identify');
    },
    reset: () => {
      beat();
      stay();
      ['login', 'anonymous', 'n'].forEach(drop);
    },
    consent: (isGiven) => {
      const was = allowed();
      put('consent', isGiven ? 'yes' : 'no');
      if (!isGiven) [...queued(), 'login', 'anonymous', 'n', 'wait'].forEach(drop);
      else if (!was) again();
    },
    /** The choices, each with its decision; none where there is no answer, or no consent. */
    decide: async (surface, count, context) => {
      try {
        if (!allowed()) return [];
        const { login, anonymous } = ids();
        const question = { person: login || anonymous, surface, count: count || 1, channel, context };
        const { decision, choices } = await (await post('decide', JSON.stringify(question), 5000)).json();
        return choices.map((choice) => ({ ...choice, decision }));
      } catch {
        return [];
      }
    },
    /** Calls from before the SDK was there: `(window.quanyu = window.quanyu || []).push(['track', 'like'])`. */
    push: ([name, ...given]) => window.quanyu[name](...given),
  };
  window.quanyu = {};
  for (const name in api) window.quanyu[name] = safe(api[name]);
  if (Array.isArray(waiting)) waiting.forEach(window.quanyu.push);
  if (document.prerendering) on(document, 'prerenderingchange', begin);
  else safe(begin)();
})();
