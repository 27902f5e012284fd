import { readAnnotationPairs } from '../policies/annotation-pairs.ts';
import { parseDuration } from './duration.ts';
import type { Requirement } from './requirement.ts';
import { parseSelectors } from './selectors.ts';

export type ParsedStepUp =
  | { readonly ok: true; readonly requirement: Requirement }
  | { readonly ok: false; readonly detail: string };

const LONGEST_TEXT = 1024;
const LARGEST_QUORUM = 10;
const WITHIN = { shortest: 10, longest: 7 * 24 * 60 * 60 };
const DEFAULT_WITHIN = '10m';
const KEYS: readonly string[] = ['approvers', 'quorum', 'method', 'within', 'not', 'notify'];

/**
 * Reads the text of a policy's `@stepUp` annotation: `key=value` pairs divided by `;`. `approvers` is required; the
 * others default to `quorum=1; method=passkey; within=10m` and to nobody. Unknown or repeated keys refuse.
 */
export function parseStepUp(text: string): ParsedStepUp {
  if (text.length > LONGEST_TEXT) return refuse(`longer than ${LONGEST_TEXT} characters`);
  const read = readAnnotationPairs(text, KEYS);
  if (!read.ok) return read;
  const { values } = read;
  const approvers = parseSelectors(values.get('approvers') ?? '');
  // A key that was not given names nobody, one that was given names somebody.
  const excluded = values.has('not') ? parseSelectors(values.get('not') ?? '') : [];
  const notify = values.has('notify') ? parseSelectors(values.get('notify') ?? '') : [];
  const quorum = parseQuorum(values.get('quorum') ?? '1');
  const withinSeconds = parseDuration(values.get('within') ?? DEFAULT_WITHIN, WITHIN);
  if (approvers === undefined) return refuse('approvers names roles, people, owner or requester');
  if (excluded === undefined) return refuse('not names roles, people, owner or requester');
  if (notify === undefined) return refuse('notify names roles, people, owner or requester');
  if (quorum === undefined) return refuse(`quorum is a whole number from 1 to ${LARGEST_QUORUM}`);
  if (withinSeconds === undefined) return refuse('within is a time such as 90s, 10m or 2h, from 10s to 168h');
  if ((values.get('method') ?? 'passkey') !== 'passkey') return refuse('method is passkey');
  const requirement: Requirement = { approvers, excluded, quorum, method: 'passkey', withinSeconds, notify };
  if (!isRequirementPossible(requirement))
    return refuse('every approver is also excluded, or too few are named');
  return { ok: true, requirement };
}

/** False when nobody could ever satisfy it: everyone named is excluded, or fewer people are named than must agree. */
export function isRequirementPossible(requirement: Requirement): boolean {
  const able = requirement.approvers.filter((selector) => !requirement.excluded.includes(selector));
  if (able.some((selector) => selector.startsWith('role:'))) return true;
  // Without a role every selector names one person.
  return able.length >= requirement.quorum;
}

function refuse(detail: string): ParsedStepUp {
  return { ok: false, detail };
}

function parseQuorum(text: string): number | undefined {
  const quorum = /^[1-9]\d?$/.test(text) ? Number(text) : undefined;
  return quorum !== undefined && quorum <= LARGEST_QUORUM ? quorum : undefined;
}
