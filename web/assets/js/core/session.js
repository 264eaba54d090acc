// Who is signed in, and what they may do.

import { ApiError, api, csrfToken } from './api.js';

let current = null;

export function session() {
  return current;
}

export function may(permission) {
  return current?.permissions.includes(permission) ?? false;
}

/** Asks who is signed in; null if nobody is. Without the cookie of a session there is nothing to ask. */
export async function loadSession() {
  if (!csrfToken()) return null;
  try {
    current = await api.get('/session');
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    current = null;
  }
  return current;
}

export async function signIn(name, password) {
  current = await api.post('/session', { name, password });
}

export async function signOut() {
  await api.remove('/session');
  current = null;
}

export function forgetSession() {
  current = null;
}
