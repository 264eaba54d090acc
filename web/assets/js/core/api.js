// Asking the server: JSON in and out, problems as errors with a code.

/** What the server refused, or that it could not be reached (`status` 0, `code` `unreachable`). */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.detail = problem.detail ?? '';
    this.retryAfterSeconds = problem.retryAfterSeconds ?? null;
  }
}

let whenSignedOut = () => {};

/** Called when the server no longer knows the session. */
export function onSignedOut(listener) {
  whenSignedOut = listener;
}

/** The value that unsafe requests repeat; empty where nobody is signed in. */
export function csrfToken() {
  return /(?:^|;\s*)quanyu_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
}

function withQuery(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

async function call(method, path, { query, body, bytes, signal, headers: more, isKept } = {}) {
  const headers = { Accept: 'application/json', ...more };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-Quanyu-CSRF'] = csrfToken();
  if (bytes) headers['Content-Type'] = 'application/octet-stream';
  const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  let answer;
  try {
    answer = await fetch(
      withQuery(path, query), { method, headers, body: content, signal, credentials: 'same-origin', keepalive: isKept }
    );
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'unreachable' });
  }
  if (answer.status === 204) return null;
  const result = await answer.json().catch(() => ({}));
  if (answer.ok) return result;
  const retryAfterSeconds = Number(answer.headers.get('Retry-After')) || null;
  const error = new ApiError(answer.status, { ...result, retryAfterSeconds });
  if (error.status === 401 && error.code !== 'wrong_credentials') whenSignedOut();
  throw error;
}

/** Asks a query that ends on the server too once nobody waits for it. Its definition keeps what was asked. */
async function ask(kind, body, signal) {
  const name = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const end = () => call('DELETE', `/queries/${name}`, { isKept: true }).catch(() => {});
  signal?.addEventListener('abort', end, { once: true });
  try {
    const answer = await call('POST', `/query/${kind}`, { body, signal, headers: { 'X-Quanyu-Query': name } });
    if (answer.metric) answer.metric.asked = { query: kind, question: body };
    return answer;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

export const api = {
  get: (path, query, signal) => call('GET', path, { query, signal }),
  ask,
  post: (path, body, signal) => call('POST', path, { body, signal }),
  put: (path, body) => call('PUT', path, { body }),
  putBytes: (path, query, bytes, signal) => call('PUT', path, { query, bytes, signal }),
  remove: (path) => call('DELETE', path),
};
