import type { CompiledPolicy } from './compile-policy.ts';
import { fitsConstraint, type ScopeConstraint } from './scope.ts';
import type { CedarEntity } from './value.ts';

/** Fewer policies than this are tested one by one. */
const SMALLEST_SPLIT = 4;
const PARTS = ['principal', 'action', 'resource'] as const;
type Part = (typeof PARTS)[number];
type Bucket = 'equal' | 'within' | 'type';

/** A policy with what the way through the index has not settled yet of its scope. */
interface Candidate {
  readonly policy: CompiledPolicy;
  readonly open: Readonly<Record<Part, ScopeConstraint | undefined>>;
}

interface Choice {
  readonly part: Part;
  readonly bucket: Bucket;
  readonly keys: readonly string[];
}

interface Branch {
  readonly part: Part;
  readonly bucket: Bucket;
  readonly nodes: ReadonlyMap<string, Node>;
}

interface Node {
  readonly branches: readonly Branch[];
  readonly rest: readonly Candidate[];
}

export interface Seeker {
  readonly target: Readonly<Record<Part, CedarEntity>>;
  readonly ancestors: Readonly<Record<Part, readonly CedarEntity[]>>;
  /** Called for each policy whose scope fits; more than once for one whose scope names several actions that do. */
  visit(policy: CompiledPolicy): void;
}

export type PolicyIndex = (seeker: Seeker) => void;

/**
 * Finds the policies whose scope fits a request in time that does not depend on how many do not. Each policy lies under
 * the rarest thing its scope names; what shares a place is split again by what is left of the scopes.
 */
export function indexPolicies(policies: readonly CompiledPolicy[]): PolicyIndex {
  const root = build(
    policies.map((policy) => ({
      policy,
      open: { principal: policy.principal, action: policy.action, resource: policy.resource },
    })),
  );
  return (seeker) => seek(root, seeker);
}

function build(candidates: readonly Candidate[]): Node {
  if (candidates.length < SMALLEST_SPLIT) return { branches: [], rest: candidates };
  const counts = countKeys(candidates);
  const rest: Candidate[] = [];
  const places = new Map<string, { choice: Choice; members: Map<string, Candidate[]> }>();
  for (const candidate of candidates) {
    const choice = chooseRarest(candidate, counts);
    if (choice === undefined) {
      rest.push(candidate);
      continue;
    }
    const name = `${choice.part} ${choice.bucket}`;
    const place = places.get(name) ?? { choice, members: new Map<string, Candidate[]>() };
    places.set(name, place);
    for (const key of new Set(choice.keys)) {
      const members = place.members.get(key) ?? [];
      place.members.set(key, members);
      members.push(settle(candidate, choice));
    }
  }
  const branches = [...places.values()].map(({ choice: { part, bucket }, members }) => ({
    part,
    bucket,
    nodes: new Map([...members].map(([key, inside]) => [key, build(inside)])),
  }));
  return { branches, rest };
}

function listChoices({ open }: Candidate): readonly Choice[] {
  return PARTS.flatMap((part) => findChoice(part, open[part]) ?? []);
}

function findChoice(part: Part, constraint: ScopeConstraint | undefined): Choice | undefined {
  switch (constraint?.op) {
    case undefined:
      return undefined;
    case 'equal':
      return { part, bucket: 'equal', keys: [constraint.entity.key] };
    case 'within':
    case 'typeWithin':
      return { part, bucket: 'within', keys: [constraint.entity.key] };
    case 'withinAny':
      return { part, bucket: 'within', keys: constraint.entities.map((entity) => entity.key) };
    case 'type':
      return { part, bucket: 'type', keys: [constraint.type] };
  }
}

function countKeys(candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const candidate of candidates)
    for (const choice of listChoices(candidate))
      for (const key of choice.keys) {
        const name = nameKey(choice, key);
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
  return counts;
}

function nameKey({ part, bucket }: Choice, key: string): string {
  return `${part} ${bucket} ${key}`;
}

function chooseRarest(candidate: Candidate, counts: ReadonlyMap<string, number>): Choice | undefined {
  let rarest: Choice | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const choice of listChoices(candidate)) {
    const count = choice.keys.reduce((sum, key) => sum + (counts.get(nameKey(choice, key)) ?? 0), 0);
    if (count >= least) continue;
    rarest = choice;
    least = count;
  }
  return rarest;
}

/** What the place in the index has proven need not be tested again. */
function settle({ policy, open }: Candidate, { part }: Choice): Candidate {
  const constraint = open[part];
  const left: ScopeConstraint | undefined =
    constraint?.op === 'typeWithin' ? { op: 'type', type: constraint.type } : undefined;
  return { policy, open: { ...open, [part]: left } };
}

function seek(node: Node, seeker: Seeker): void {
  for (const { policy, open } of node.rest) {
    if (
      fits(open.action, 'action', seeker) &&
      fits(open.resource, 'resource', seeker) &&
      fits(open.principal, 'principal', seeker)
    )
      seeker.visit(policy);
  }
  for (const { part, bucket, nodes } of node.branches) {
    const entity = seeker.target[part];
    const own = nodes.get(bucket === 'type' ? entity.type : entity.key);
    if (own !== undefined) seek(own, seeker);
    if (bucket !== 'within') continue;
    for (const ancestor of seeker.ancestors[part]) {
      const found = nodes.get(ancestor.key);
      if (found !== undefined) seek(found, seeker);
    }
  }
}

function fits(constraint: ScopeConstraint | undefined, part: Part, seeker: Seeker): boolean {
  return constraint === undefined || fitsConstraint(constraint, seeker.target[part], seeker.ancestors[part]);
}
