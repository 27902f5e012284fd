import { Problem } from './problem.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** GET of our own control plane. Throws `Problem`; a failed connection throws what `fetch` throws. */
export function getJson<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return send<T>(withQuery(path, query), signal === undefined ? {} : { signal });
}

/** POST of our own control plane; the browser adds the headers that prove where it comes from. */
export function postJson<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return send<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, { ...init, credentials: 'same-origin', redirect: 'error' });
  if (response.ok) return response.status === 204 ? (undefined as T) : response.json();
  throw new Problem(response.status, await response.json().catch(() => undefined));
}
