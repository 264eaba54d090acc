// Server-sent events. A lost connection is told, tried again, and costs nothing else.

import { api } from './api.js';

const RETRY_MS = [1000, 2000, 5000, 10_000];

/** Follows the totals until the returned function is called; as `follow`. */
export function followTotals(onTotals, onState) {
  return follow('/api/v1/live', 'totals', onTotals, onState);
}

/**
 * Follows a stream until the returned function is called.
 * @param name - of the messages
 * @param onMessage - gets each one's data
 * @param onState - gets `connecting`, `live` or `reconnecting`
 */
export function follow(address, name, onMessage, onState) {
  let source = null;
  let timer = null;
  let failures = 0;
  const connect = () => {
    source = new EventSource(address);
    const take = (event) => {
      failures = 0;
      onState('live');
      onMessage(JSON.parse(event.data));
    };
    source.addEventListener(name, take);
    source.onmessage = take;
    // The server lets each stream end, to look anew at who asks: nothing is lost, so nothing is told.
    source.addEventListener('end', () => {
      source.close();
      timer = setTimeout(connect, RETRY_MS[0]);
    });
    source.onerror = () => {
      const isRefused = source.readyState === EventSource.CLOSED;
      source.close();
      onState('reconnecting');
      timer = setTimeout(connect, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
      failures += 1;
      // A stream does not say why it was refused; asking does, and one who is signed out is led to the door.
      if (isRefused) api.get('/session').catch(() => null);
    };
  };
  onState('connecting');
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
