import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { listHosted } from './list-hosted.ts';
import { isGiven, type ModelRequest, readText } from './model-request.ts';
import { isText } from './read-content.ts';

type Reach = Pick<ModelRequest, 'hosted' | 'unseen'>;

/** Where a conversation stands in a request, whichever API it is for. */
const spoken = ['input', 'instructions', 'messages', 'prediction', 'prompt', 'system'] as const;
/** Their content lies at the provider. */
const elsewhere = ['conversation', 'previous_response_id', 'prompt'] as const;
/** What a program of the client is asked to do: fetched by nobody who reads it. */
const calls: ReadonlySet<string> = new Set(['action', 'arguments', 'input']);
const callForm = /(?:_call|tool_use)$/;
/** Where a text comes from. */
const origins: ReadonlySet<string> = new Set(['annotations', 'citations']);
/** Texts where they are strings, and more to look through where they are not. */
const said: ReadonlySet<string> = new Set([
  ...calls,
  ...['content', 'context', 'output', 'refusal', 'signature', 'stderr'],
  ...['stdout', 'text', 'thinking', 'title'],
]);
/** They tell where something was found already. */
const findings: ReadonlySet<string> = new Set(['search_result', 'web_search_result']);
const deepest = 32;
/** No address is known only by what comes later. */
const longestScheme = 64;
const addressForm = /^(?:[a-z][a-z0-9+.-]*:[/\\]|(?:https?|wss?|ftp|file):)/i;

/**
 * What of a request reaches beyond itself: what the provider would do or fetch, and what of it lies at the provider, so that
 * it is not seen here. Hostile: looked through as far as `deepest`; what lies deeper may hold anything.
 */
export function findReach(body: JsonObject): Reach {
  const hosted = new Set(listHosted(body));
  const unseen = new Set<string>(elsewhere.filter((name) => isGiven(body[name])));
  for (const name of spoken) {
    const value = body[name];
    if (typeof value !== 'object' || value === null) continue;
    // The agent chooses the names of its variables, which say nothing of what they hold.
    for (const item of Array.isArray(value) ? value : [value])
      if (isJsonObject(item)) lookThrough(item, { hosted, unseen, trusts: name !== 'prompt' }, 0);
  }
  if (Array.isArray(body.input) && body.input.some(isReference)) unseen.add('item_reference');
  return { hosted: [...hosted], unseen: [...unseen] };
}

/** OpenAI lets its type be left out. */
function isReference(item: JsonValue): boolean {
  if (!isJsonObject(item)) return false;
  const { type, role, id } = item;
  return type === 'item_reference' || (!isGiven(type) && !isGiven(role) && isGiven(id));
}

interface Found {
  readonly hosted: Set<string>;
  readonly unseen: Set<string>;
  /** Whether names of members say what is only read. */
  readonly trusts: boolean;
}

function lookThrough(part: JsonObject, found: Found, depth: number): void {
  for (const [name, value] of Object.entries(part)) {
    if (found.trusts && isSaid(part, name, value)) continue;
    if (/^file_?ids?$/i.test(name) && isGiven(value)) found.unseen.add('file_id');
    if (name === 'audio' && isJsonObject(value) && isGiven(value.id)) found.unseen.add('audio');
    lookAt(value, { found, isPlace: /ur[il]/i.test(name), depth });
  }
}

function isSaid(part: JsonObject, name: string, value: JsonValue): boolean {
  const type = readText(part.type);
  if (typeof value !== 'string')
    return (calls.has(name) && callForm.test(type)) || (origins.has(name) && isText(part));
  if (name === 'data') return type === 'text';
  return said.has(name) || ((name === 'source' || name === 'url') && findings.has(type));
}

interface Place {
  readonly found: Found;
  /** Whether its name says that it is an address. */
  readonly isPlace: boolean;
  readonly depth: number;
}

/** Whoever fetches an address tells its owner whatever stands in it. */
function lookAt(value: JsonValue, { found, isPlace, depth }: Place): void {
  if (typeof value === 'string') {
    if (isPlace ? value !== '' && !value.startsWith('data:') : isAddress(value)) found.hosted.add('url');
  } else if (typeof value !== 'object' || value === null) return;
  else if (depth >= deepest) {
    found.hosted.add('url');
    found.unseen.add('file_id');
  } else if (isJsonObject(value)) lookThrough(value, found, depth + 1);
  else for (const one of value as readonly JsonValue[]) lookAt(one, { found, isPlace, depth: depth + 1 });
}

/** As fetchers read it, who drop blanks and control characters (WHATWG URL, section 4.4). */
function isAddress(text: string): boolean {
  const start = text.slice(0, longestScheme).replace(/[^\u0021-\uffff]/g, '');
  return !start.startsWith('data:') && addressForm.test(start);
}
