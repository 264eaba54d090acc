// Names, channels and the span of the data; asked once a minute at most.

import { api } from './api.js';

const FRESH_MS = 60_000;
let known = null;
let askedAt = 0;

export async function vocabulary() {
  if (!known || Date.now() - askedAt > FRESH_MS) {
    askedAt = Date.now();
    known = api.get('/vocabulary').catch((error) => {
      known = null;
      throw error;
    });
  }
  return known;
}

export function forgetVocabulary() {
  known = null;
}
