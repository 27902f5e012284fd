import { isJsonObject, type JsonObject } from '@countersign/core';
import { find, invalid } from '../question.ts';

export interface PageWish {
  readonly from: number;
  readonly limit: number;
}

const defaultLimit = 50;
const mostAtOnce = 200;
/** How many candidates one request looks at. */
export const mostLookedAt = 500;

/** AuthZEN 1.0 §8.2. The token is where the next page starts; whatever it says, only what may be seen is. */
export function readPage(body: JsonObject): PageWish {
  const page = find(body, 'page');
  if (page === undefined) return { from: 0, limit: defaultLimit };
  if (!isJsonObject(page)) throw invalid('page: an object is needed');
  const { token = '', limit = defaultLimit } = page;
  if (typeof token !== 'string' || !/^\d{0,7}$/.test(token)) throw invalid('page.token');
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) throw invalid('page.limit');
  return { from: Number(token), limit: Math.min(limit, mostAtOnce) };
}

/** Looks through the candidates from where the page starts, and no further than it must. */
export function takeResults<Candidate, Result>(
  candidates: readonly Candidate[],
  { from, limit }: PageWish,
  look: (candidate: Candidate) => Result | undefined,
): {
  readonly results: readonly Result[];
  readonly page: { readonly next_token: string; readonly count: number };
} {
  const results: Result[] = [];
  const end = Math.min(candidates.length, from + mostLookedAt);
  let at = from;
  for (; at < end && results.length < limit; at++) {
    const candidate = candidates[at];
    const result = candidate === undefined ? undefined : look(candidate);
    if (result !== undefined) results.push(result);
  }
  const next_token = at < candidates.length ? String(at) : '';
  return { results, page: { next_token, count: results.length } };
}
