import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { exposeUri } from './exposed-uri.ts';

/** A list that every upstream has its part of. */
export interface GatheredList {
  readonly member: string;
  readonly field: string;
  expose(upstream: string, name: string): string;
}

/** Prompts are chosen by people, not called by models, so the bound on the names of tools is not theirs. */
const exposePrompt = (upstream: string, name: string): string => `${upstream}__${name}`;
const lists: ReadonlyMap<string, GatheredList> = new Map([
  ['prompts/list', { member: 'prompts', field: 'name', expose: exposePrompt }],
  ['resources/list', { member: 'resources', field: 'uri', expose: exposeUri }],
  ['resources/templates/list', { member: 'resourceTemplates', field: 'uriTemplate', expose: exposeUri }],
]);
/** As it is written into ours, so that all of a page's fit one. */
const mostCursorBytes = 2_048;
const methodUnknown = -32_601;

export interface ReadItems {
  /** Under the names and URIs that callers know them by. */
  readonly items: readonly JsonObject[];
  /** The upstream's own cursor; null at the end. */
  readonly next: string | null;
}

export function findGatheredList(method: string): GatheredList | undefined {
  return lists.get(method);
}

/** Hostile: an upstream's page. One that has no such list has nothing in it. Throws `upstream.failed`, `upstream.lied`. */
export function readItems(
  { member, field, expose }: GatheredList,
  upstream: string,
  response: JsonObject | null,
  asked: string | null,
): ReadItems {
  const { error, result } = response ?? {};
  if (isJsonObject(error) && error.code === methodUnknown) return { items: [], next: null };
  if (isJsonObject(error)) throw new AppError('upstream.failed');
  const listed = isJsonObject(result) ? result[member] : undefined;
  const next = (isJsonObject(result) ? result.nextCursor : undefined) ?? null;
  if (!Array.isArray(listed) || !isCursor(next) || (next !== null && next === asked))
    throw new AppError('upstream.lied', { detail: `no page of ${member}` });
  const items = (listed as readonly JsonValue[]).map((item) => {
    const name = isJsonObject(item) ? item[field] : undefined;
    if (!isJsonObject(item) || typeof name !== 'string')
      throw new AppError('upstream.lied', { detail: `an item of ${member} has no ${field}` });
    return { ...item, [field]: expose(upstream, name) };
  });
  return { items, next };
}

function isCursor(next: JsonValue): next is string | null {
  if (typeof next !== 'string') return next === null;
  return Buffer.byteLength(JSON.stringify(next)) <= mostCursorBytes;
}
