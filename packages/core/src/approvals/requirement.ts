/** `owner` owns the agent; `requester` is the person for whom the agent acts. */
export type Relation = 'owner' | 'requester';

/** Names people: `role:<name>`, `person:<id>` or a relation to the action. */
export type PersonSelector = Relation | `role:${string}` | `person:${string}`;

/** Who may lift a step-up, and how. Lists are sorted and without duplicates, so equal requirements are equal texts. */
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
}

/** What is known of a person who votes on one action. */
export interface Voter {
  readonly person: string;
  readonly roles: readonly string[];
  readonly relations: readonly Relation[];
}

export function matchesSelector(selector: PersonSelector, voter: Voter): boolean {
  if (selector.startsWith('role:')) return voter.roles.includes(selector.slice('role:'.length));
  if (selector.startsWith('person:')) return voter.person === selector.slice('person:'.length);
  return voter.relations.some((relation) => relation === selector);
}

export function isNamedApprover(requirement: Requirement, voter: Voter): boolean {
  return requirement.approvers.some((selector) => matchesSelector(selector, voter));
}

export function isExcluded(requirement: Requirement, voter: Voter): boolean {
  return requirement.excluded.some((selector) => matchesSelector(selector, voter));
}

export function sortSelectors(selectors: Iterable<PersonSelector>): PersonSelector[] {
  return [...new Set(selectors)].sort();
}
