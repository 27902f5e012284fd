import { Problem } from './problem.ts';
import { verifyPerson } from './verify-person.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** GET of our own control plane. Throws `Problem`; a failed connection throws what `fetch` throws. */
export async function getJson<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return read<T>(await ask(withQuery(path, query), signal === undefined ? {} : { signal }));
}

/**
 * POST of our own control plane; the browser adds the headers that prove where it comes from. What changes authority asks
 * for a passkey when none was used lately, and is then sent once more.
 */
export async function postJson<T>(path: string, body: object): Promise<T> {
  try {
    return await read<T>(await post(path, body));
  } catch (thrown) {
    const isPasskeyNeeded = thrown instanceof Problem && thrown.code === 'person.passkey_needed';
    if (!isPasskeyNeeded || !(await verifyPerson(post))) throw thrown;
    return read<T>(await post(path, body));
  }
}

function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

function ask(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, { ...init, credentials: 'same-origin', redirect: 'error' });
}

async function read<T>(response: Response): Promise<T> {
  if (response.ok) return response.status === 204 ? (undefined as T) : response.json();
  throw new Problem(response.status, await response.json().catch(() => undefined));
}
