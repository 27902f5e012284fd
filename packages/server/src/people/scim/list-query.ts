import { type Filter, parseFilter } from './filter/parse-filter.ts';
import { isRecord, type JsonRecord, readMember } from './json.ts';
import { refuseScim } from './scim-error.ts';

/** What a directory asks for. */
export interface ListQuery {
  readonly filter: Filter | null;
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
  readonly shape: Shape;
}

/** Which attributes are shown (RFC 7644 §3.9). */
export interface Shape {
  readonly only: readonly string[] | null;
  readonly without: readonly string[];
}

/** A page is never longer, whatever is asked for. */
export const mostResources = 200;
const mostNames = 50;

/** Hostile: of a URL. Throws `person.scim_invalid`. */
export function readListQuery(query: URLSearchParams): ListQuery {
  const filter = query.get('filter');
  return {
    filter: filter === null || filter.trim() === '' ? null : parseFilter(filter),
    startIndex: Math.max(1, readInteger(query.get('startIndex'), 1)),
    count: Math.min(mostResources, Math.max(0, readInteger(query.get('count'), 100))),
    shape: readShape(query),
  };
}

/** Hostile: the same in the body of a `.search` (RFC 7644 §3.4.3). */
export function readSearch(body: JsonRecord): ListQuery {
  const query = new URLSearchParams();
  for (const name of ['filter', 'startIndex', 'count', 'attributes', 'excludedAttributes']) {
    const value = readMember(body, name);
    if (value === undefined || value === null) continue;
    const text = Array.isArray(value) ? value.join(',') : value;
    if (isRecord(text)) throw refuseScim('invalidValue', `${name}: no object`);
    query.set(name, String(text));
  }
  return readListQuery(query);
}

export function readShape(query: URLSearchParams): Shape {
  const [only, without] = [readNames(query.get('attributes')), readNames(query.get('excludedAttributes'))];
  return { only: only.length === 0 ? null : only, without };
}

export const wholeShape: Shape = { only: null, without: [] };

/** `id`, `schemas` and `meta` are always shown. */
export function shapeResource(resource: JsonRecord, { only, without }: Shape): JsonRecord {
  const always = new Set(['id', 'schemas', ...(only === null ? ['meta'] : [])]);
  const kept = Object.entries(resource).filter(([key]) => {
    if (always.has(key)) return true;
    if (only !== null && !showsAttribute({ only, without: [] }, key)) return false;
    return !without.some((name) => name === key.toLowerCase());
  });
  return Object.fromEntries(kept);
}

/** Whether the attribute, or a part of it, is asked for. */
export function showsAttribute({ only, without }: Shape, attribute: string): boolean {
  const wanted = attribute.toLowerCase();
  if (without.includes(wanted)) return false;
  return only === null || only.some((name) => name === wanted || name.startsWith(`${wanted}.`));
}

function readNames(text: string | null): readonly string[] {
  const names = (text ?? '').split(',').map((name) => name.trim().toLowerCase());
  if (names.length > mostNames) throw refuseScim('tooMany', 'attributes: too many');
  const core = /^urn:ietf:params:scim:schemas:core:2\.0:[a-z]+:/;
  return names.map((name) => name.replace(core, '')).filter((name) => name !== '');
}

function readInteger(text: string | null, otherwise: number): number {
  if (text === null || text.trim() === '') return otherwise;
  if (!/^-?\d{1,9}$/.test(text.trim())) throw refuseScim('invalidValue', 'startIndex and count are numbers');
  return Number(text);
}
