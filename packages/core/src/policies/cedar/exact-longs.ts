import { CedarCompileError } from './errors.ts';
import type { CedarPolicyJson } from './policy-json.ts';

/** A policy's text in which every number survives being read as a double, and the way back. */
export interface ExactLongs {
  readonly text: string;
  /** Puts the numbers back into the JSON form of `text`, as `bigint`s. */
  restore(json: CedarPolicyJson): CedarPolicyJson;
}

// Strings, comments and names first, so that digits inside of them are no numbers. A string without an end takes all
// that is left, or a hostile text would be read again from each of its quotes.
const TOKENS = /"(?:\\[\s\S]|[^"\\])*"?|\/\/[^\n\r]*|[_A-Za-z][_A-Za-z0-9]*|[0-9]+/g;

/**
 * The official parser hands numbers over as doubles, which are not exact beyond ±(2^53-1). Such numbers are replaced by
 * small ones that occur nowhere else in the text. A number beyond a Long must be refused before, by parsing the text as it is.
 */
export function protectLongs(policyText: string): ExactLongs {
  const large = new Set<string>();
  const used = new Set<string>();
  for (const [token] of policyText.matchAll(TOKENS)) {
    if (!isNumber(token)) continue;
    if (Number.isSafeInteger(Number(token))) used.add(BigInt(token).toString());
    else large.add(token);
  }
  if (large.size === 0) return { text: policyText, restore: (json) => json };
  const standIns = new Map<string, string>();
  const exact = new Map<number, bigint>();
  let next = Number.MAX_SAFE_INTEGER;
  for (const token of large) {
    while (used.has(String(next))) next--;
    standIns.set(token, String(next));
    exact.set(next, BigInt(token));
    next--;
  }
  const text = policyText.replace(TOKENS, (token) => standIns.get(token) ?? token);
  return { text, restore: (json) => restore(json, exact, 0) as CedarPolicyJson };
}

function isNumber(token: string): boolean {
  const unit = token.charCodeAt(0);
  return unit >= 48 && unit <= 57;
}

const DEPTH_LIMIT = 2_000;

function restore(json: unknown, exact: ReadonlyMap<number, bigint>, depth: number): unknown {
  if (depth > DEPTH_LIMIT) throw new CedarCompileError('the policy nests too deep');
  if (typeof json === 'number') {
    const found = exact.get(Math.abs(json));
    if (found === undefined) return json;
    return json < 0 ? -found : found;
  }
  if (Array.isArray(json)) return json.map((member) => restore(member, exact, depth + 1));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, member]) => [name, restore(member, exact, depth + 1)]),
  );
}
