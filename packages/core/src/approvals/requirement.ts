/** `owner` owns the agent; `requester` is the person for whom the agent acts. */
export type Relation = 'owner' | 'requester';

/**
 * Names people: `role:<name>` (a role or a group of that name), `group:<name>` (a group alone), `oncall:<rota>` (the
 * one on call), `rota:<rota>` (everybody of it), `person:<id>` or a relation to the action.
 */
export type PersonSelector =
  | Relation
  | `role:${string}`
  | `group:${string}`
  | `person:${string}`
  | `oncall:${string}`
  | `rota:${string}`;

/** From when after the request these may decide, too. */
export type Escalation = {
  readonly afterSeconds: number;
  readonly approvers: readonly PersonSelector[];
};

/** Whether one signature may let more calls like the one shown through, and how far: see `draftGrant`. */
export const GRANT_SCOPES = ['no', 'task', 'delegation'] as const;
export type GrantScope = (typeof GRANT_SCOPES)[number];

/**
 * Who may lift a step-up, and how. Lists are sorted and without duplicates, and what was not stated has no member, so
 * equal requirements are equal texts.
 */
export interface Requirement {
  /** Any of these may approve. */
  readonly approvers: readonly PersonSelector[];
  /** None of these may, even if also named above (separation of duties). */
  readonly excluded: readonly PersonSelector[];
  /** How many different people must approve. */
  readonly quorum: number;
  readonly method: 'passkey';
  /** The longest an approval may take, and the oldest a vote may be when the action is released. */
  readonly withinSeconds: number;
  readonly notify: readonly PersonSelector[];
  /** Of each at least one: as many different people among those who approve. */
  readonly each?: readonly PersonSelector[];
  /** The oldest a vote may be when the action is released, where that is less than `withinSeconds`. */
  readonly freshSeconds?: number;
  /** In the order of time; a step adds people and takes nobody away. */
  readonly escalation?: readonly Escalation[];
  /** Each of these may let it happen alone, loudly. */
  readonly breakGlass?: readonly PersonSelector[];
  /** Owner and requester may do that, too. */
  readonly ownerMayBreakGlass?: true;
  /** Absent: for a task, unless the call is of the gravest tier. */
  readonly grant?: GrantScope;
}

/** What is known of a person who votes on one action. */
export interface Voter {
  readonly person: string;
  /** Roles and groups. */
  readonly roles: readonly string[];
  /** Those of them that are groups. */
  readonly groups?: readonly string[];
  readonly relations: readonly Relation[];
  /** The rotas that the person is in. */
  readonly rotas?: readonly string[];
  /** Those of them in which it is the person's turn. */
  readonly onCall?: readonly string[];
  /** Whose duty to approve the person carries. */
  readonly duties?: readonly Duty[];
}

/** A duty to approve that was handed over; whoever carries it hands on none of it. */
export interface Duty {
  readonly giver: Omit<Voter, 'duties'>;
  /** The roles and groups it is limited to; null when it is all that the giver may decide. */
  readonly names: readonly string[] | null;
}

export function matchesSelector(selector: PersonSelector, voter: Omit<Voter, 'duties'>): boolean {
  const at = selector.indexOf(':');
  const name = selector.slice(at + 1);
  switch (selector.slice(0, Math.max(0, at))) {
    case 'role':
      return voter.roles.includes(name);
    case 'group':
      return voter.groups?.includes(name) === true;
    case 'person':
      return voter.person === name;
    case 'oncall':
      return voter.onCall?.includes(name) === true;
    case 'rota':
      return voter.rotas?.includes(name) === true;
    default:
      return voter.relations.some((relation) => relation === selector);
  }
}

/** Those who may approve when so many seconds have passed since the request. */
export function listApprovers(requirement: Requirement, elapsedSeconds: number): readonly PersonSelector[] {
  const reached = (requirement.escalation ?? []).filter(({ afterSeconds }) => elapsedSeconds >= afterSeconds);
  return [...requirement.approvers, ...reached.flatMap((step) => step.approvers)];
}

/** Whether the person is asked, in their own right or as the one who carries another's duty. */
export function isNamedApprover(requirement: Requirement, voter: Voter, elapsedSeconds = 0): boolean {
  const approvers = listApprovers(requirement, elapsedSeconds);
  return matchesAny(approvers, voter) || (voter.duties ?? []).some((duty) => isCovered(approvers, duty));
}

export function isExcluded(requirement: Requirement, voter: Omit<Voter, 'duties'>): boolean {
  return matchesAny(requirement.excluded, voter);
}

/** As whom a person may approve: as themselves, and as each whose duty they carry where neither of the two is excluded. */
export interface Capacities {
  readonly own: boolean;
  readonly duties: readonly Duty[];
}

export function findCapacities(
  requirement: Requirement,
  voter: Voter,
  elapsedSeconds: number,
): Capacities | undefined {
  if (isExcluded(requirement, voter)) return undefined;
  const approvers = listApprovers(requirement, elapsedSeconds);
  const own = matchesAny(approvers, voter);
  const duties = (voter.duties ?? []).filter(
    (duty) => isCovered(approvers, duty) && !isExcluded(requirement, duty.giver),
  );
  return own || duties.length > 0 ? { own, duties } : undefined;
}

/** Whether the duty is to decide for one of these. */
export function isCovered(selectors: readonly PersonSelector[], { giver, names }: Duty): boolean {
  return selectors.some((selector) => {
    if (names !== null) {
      const [kind, name = ''] = selector.split(':', 2);
      if ((kind !== 'role' && kind !== 'group') || !names.includes(name)) return false;
    }
    return matchesSelector(selector, giver);
  });
}

/** Whether the person may let it happen alone. The owner and the requester may not unless that is stated. */
export function mayBreakGlass(requirement: Requirement, voter: Voter): boolean {
  if (!matchesAny(requirement.breakGlass ?? [], voter)) return false;
  const isAllowed = requirement.ownerMayBreakGlass === true;
  const barred = requirement.excluded.filter((selector) => !(isAllowed && isRelation(selector)));
  return !matchesAny(barred, voter) && (isAllowed || voter.relations.length === 0);
}

export function matchesAny(selectors: readonly PersonSelector[], voter: Omit<Voter, 'duties'>): boolean {
  return selectors.some((selector) => matchesSelector(selector, voter));
}

function isRelation(selector: PersonSelector): selector is Relation {
  return selector === 'owner' || selector === 'requester';
}

/** Whether everybody whom the second names is named by the first, whoever that is. */
export function coversSelector(wide: PersonSelector, narrow: PersonSelector): boolean {
  if (wide === narrow) return true;
  if (wide.startsWith('role:')) return narrow === `group:${wide.slice('role:'.length)}`;
  return wide.startsWith('rota:') && narrow === `oncall:${wide.slice('rota:'.length)}`;
}

export function sortSelectors(selectors: Iterable<PersonSelector>): PersonSelector[] {
  return [...new Set(selectors)].sort();
}

/** The requirement with its members in their one order, and without those that are not stated. */
export function arrangeRequirement(requirement: Requirement): Requirement {
  const { approvers, excluded, quorum, method, withinSeconds, notify } = requirement;
  const { each, freshSeconds, escalation, breakGlass, ownerMayBreakGlass, grant } = requirement;
  return {
    ...{ approvers, excluded, quorum, method, withinSeconds, notify },
    ...(each === undefined || each.length === 0 ? {} : { each }),
    ...(freshSeconds === undefined ? {} : { freshSeconds }),
    ...(escalation === undefined || escalation.length === 0
      ? {}
      : {
          escalation: escalation.map((step) => ({
            afterSeconds: step.afterSeconds,
            approvers: step.approvers,
          })),
        }),
    ...(breakGlass === undefined || breakGlass.length === 0 ? {} : { breakGlass }),
    ...(ownerMayBreakGlass === true ? { ownerMayBreakGlass } : {}),
    ...(grant === undefined ? {} : { grant }),
  };
}
