import { readAnnotationPairs } from '../policies/annotation-pairs.ts';
import { parseDuration } from './duration.ts';
import { arrangeEscalation, parseEscalation } from './escalation.ts';
import {
  arrangeRequirement,
  coversSelector,
  type Escalation,
  GRANT_SCOPES,
  listApprovers,
  type PersonSelector,
  type Requirement,
} from './requirement.ts';
import { parseSelectors } from './selectors.ts';

export type ParsedStepUp =
  | { readonly ok: true; readonly requirement: Requirement }
  | { readonly ok: false; readonly detail: string };

const LONGEST_TEXT = 1024;
const LARGEST_QUORUM = 10;
const WITHIN = { shortest: 10, longest: 7 * 24 * 60 * 60 };
const DEFAULT_WITHIN = '10m';
const KEYS: readonly string[] = [
  ...['approvers', 'each', 'quorum', 'method', 'within', 'fresh', 'not', 'notify'],
  ...['escalate', 'breakGlass', 'breakGlassOwner', 'grant'],
];
const PEOPLE = 'names roles, groups, rotas, people, owner or requester';

/**
 * Reads the text of a policy's `@stepUp` annotation: `key=value` pairs divided by `;`. `approvers` is required unless
 * `each` says who they are; the others default to `quorum=1; method=passkey; within=10m` and to nobody. Unknown or
 * repeated keys refuse.
 */
export function parseStepUp(text: string): ParsedStepUp {
  if (text.length > LONGEST_TEXT) return refuse(`longer than ${LONGEST_TEXT} characters`);
  const read = readAnnotationPairs(text, KEYS);
  if (!read.ok) return read;
  const { values } = read;
  // A key that was not given names nobody, one that was given names somebody.
  const list = (key: string) => (values.has(key) ? parseSelectors(values.get(key) ?? '') : []);
  const each = list('each');
  const approvers =
    values.has('approvers') || each?.length === 0 ? parseSelectors(values.get('approvers') ?? '') : each;
  const excluded = list('not');
  const notify = list('notify');
  const breakGlass = list('breakGlass');
  if (approvers === undefined) return refuse(`approvers ${PEOPLE}`);
  if (each === undefined || each.length > LARGEST_QUORUM)
    return refuse(`each ${PEOPLE}, at most ${LARGEST_QUORUM}`);
  if (excluded === undefined) return refuse(`not ${PEOPLE}`);
  if (notify === undefined) return refuse(`notify ${PEOPLE}`);
  if (breakGlass === undefined) return refuse(`breakGlass ${PEOPLE}`);
  if ((values.get('method') ?? 'passkey') !== 'passkey') return refuse('method is passkey');
  const counts = readCounts(values, each.length);
  if (typeof counts === 'string') return refuse(counts);
  const escalation = values.has('escalate') ? parseEscalation(values.get('escalate') ?? '') : [];
  const flaw = findEscalationFlaw(escalation, approvers, counts.withinSeconds);
  if (escalation === undefined || flaw !== undefined) return refuse(flaw ?? '');
  const alone = values.get('breakGlassOwner') ?? 'no';
  if (alone !== 'yes' && alone !== 'no') return refuse('breakGlassOwner is yes or no');
  if (values.has('breakGlassOwner') && breakGlass.length === 0)
    return refuse('breakGlassOwner needs breakGlass');
  const grant = GRANT_SCOPES.find((scope) => scope === values.get('grant'));
  if (values.has('grant') && grant === undefined) return refuse('grant is no, task or delegation');
  const requirement = arrangeRequirement({
    ...{ approvers, excluded, method: 'passkey', notify, each, escalation, breakGlass, ...counts },
    ...(alone === 'yes' ? { ownerMayBreakGlass: true } : {}),
    ...(grant === undefined ? {} : { grant }),
  });
  if (!isRequirementPossible(requirement))
    return refuse('every approver is also excluded, or too few are named');
  return { ok: true, requirement };
}

/** False when nobody could ever satisfy it: everyone named is excluded, or fewer people are named than must agree. */
export function isRequirementPossible(requirement: Requirement): boolean {
  const named = listApprovers(requirement, Number.POSITIVE_INFINITY);
  const isBarred = (one: PersonSelector): boolean =>
    requirement.excluded.some((wide) => coversSelector(wide, one));
  const able = named.filter((selector) => !isBarred(selector));
  if ((requirement.each ?? []).some(isBarred)) return false;
  if (able.some((selector) => /^(role|group|rota):/.test(selector))) return true;
  // Without a role every selector names one person.
  return able.length >= Math.max(requirement.quorum, requirement.each?.length ?? 0);
}

type Counts = Pick<Requirement, 'quorum' | 'withinSeconds' | 'freshSeconds'>;

function readCounts(values: ReadonlyMap<string, string>, parts: number): Counts | string {
  const quorum = parseQuorum(values.get('quorum') ?? String(Math.max(1, parts)));
  const withinSeconds = parseDuration(values.get('within') ?? DEFAULT_WITHIN, WITHIN);
  if (quorum === undefined) return `quorum is a whole number from 1 to ${LARGEST_QUORUM}`;
  if (quorum < parts) return 'quorum is smaller than the number of people that each names';
  if (withinSeconds === undefined) return 'within is a time such as 90s, 10m or 2h, from 10s to 168h';
  const fresh = values.get('fresh');
  if (fresh === undefined) return { quorum, withinSeconds };
  const freshSeconds = parseDuration(fresh, { ...WITHIN, longest: withinSeconds });
  return freshSeconds === undefined
    ? 'fresh is a time from 10s to that of within'
    : { quorum, withinSeconds, freshSeconds };
}

function findEscalationFlaw(
  escalation: readonly Escalation[] | undefined,
  approvers: readonly PersonSelector[],
  withinSeconds: number,
): string | undefined {
  if (escalation === undefined) return 'escalate is a list such as 10m:role:security,20m:role:admin';
  if (escalation.some((step) => step.afterSeconds >= withinSeconds))
    return 'escalate comes before the end of within';
  const named = arrangeEscalation(escalation, approvers);
  return named.length < escalation.length ||
    named.some((step, at) => step.approvers.length < (escalation[at]?.approvers.length ?? 0))
    ? 'escalate names somebody who is an approver from the start'
    : undefined;
}

function refuse(detail: string): ParsedStepUp {
  return { ok: false, detail };
}

function parseQuorum(text: string): number | undefined {
  const quorum = /^[1-9]\d?$/.test(text) ? Number(text) : undefined;
  return quorum !== undefined && quorum <= LARGEST_QUORUM ? quorum : undefined;
}
