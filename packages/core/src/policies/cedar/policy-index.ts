import type { CompiledPolicy } from './compile-policy.ts';
import { fitsConstraint, type ScopeConstraint } from './scope.ts';
import type { CedarEntity } from './value.ts';

/** Fewer policies than this are tested one by one. */
const SMALLEST_SPLIT = 4;
const PARTS = ['principal', 'action', 'resource'] as const;
type Part = (typeof PARTS)[number];
type Bucket = 'equal' | 'within' | 'type';

const PLACES = {
  principal: listPlaces('principal'),
  action: listPlaces('action'),
  resource: listPlaces('resource'),
};

function listPlaces(part: Part): Readonly<Record<Bucket, Place>> {
  return {
    equal: { part, bucket: 'equal' },
    within: { part, bucket: 'within' },
    type: { part, bucket: 'type' },
  };
}

/** A policy with what the way through the index has not settled yet of its scope. */
interface Candidate {
  readonly policy: CompiledPolicy;
  readonly open: Readonly<Record<Part, ScopeConstraint | undefined>>;
}

interface Place {
  readonly part: Part;
  readonly bucket: Bucket;
}

/** Where a policy could lie, by one of the things its scope names. */
interface Choice {
  readonly place: Place;
  readonly keys: readonly string[];
}

interface Branch {
  readonly place: Place;
  readonly nodes: ReadonlyMap<string, Node>;
}

interface Node {
  readonly branches: readonly Branch[];
  /** Of whose scope nothing is left to test. */
  readonly fitting: readonly CompiledPolicy[];
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
  // In the order of the ids, so that what is found mostly is in order already.
  const inOrder = [...policies].sort((left, right) => (left.id < right.id ? -1 : 1));
  const root = build(
    inOrder.map((policy) => ({
      policy,
      open: { principal: policy.principal, action: policy.action, resource: policy.resource },
    })),
  );
  return (seeker) => seek(root, seeker);
}

function build(candidates: readonly Candidate[]): Node {
  if (candidates.length < SMALLEST_SPLIT) return makeNode([], candidates);
  const choices = candidates.map(listChoices);
  const counts = countKeys(choices);
  const rest: Candidate[] = [];
  const members = new Map<Place, Map<string, Candidate[]>>();
  candidates.forEach((candidate, at) => {
    const choice = chooseRarest(choices[at] ?? [], counts);
    if (choice === undefined) {
      rest.push(candidate);
      return;
    }
    const settled = settle(candidate, choice.place);
    for (const key of new Set(choice.keys)) openList(members, choice.place, key).push(settled);
  });
  const branches = [...members].map(([place, inside]) => ({
    place,
    nodes: new Map([...inside].map(([key, list]) => [key, build(list)])),
  }));
  return makeNode(branches, rest);
}

function makeNode(branches: readonly Branch[], candidates: readonly Candidate[]): Node {
  const isFitting = ({ open }: Candidate) => PARTS.every((part) => open[part] === undefined);
  const fitting = candidates.filter(isFitting).map(({ policy }) => policy);
  return { branches, fitting, rest: candidates.filter((candidate) => !isFitting(candidate)) };
}

function openList(members: Map<Place, Map<string, Candidate[]>>, place: Place, key: string): Candidate[] {
  const inside = members.get(place) ?? new Map<string, Candidate[]>();
  members.set(place, inside);
  const list = inside.get(key) ?? [];
  inside.set(key, list);
  return list;
}

function listChoices({ open }: Candidate): readonly Choice[] {
  const choices: Choice[] = [];
  for (const part of PARTS) {
    const choice = findChoice(part, open[part]);
    if (choice !== undefined) choices.push(choice);
  }
  return choices;
}

function findChoice(part: Part, constraint: ScopeConstraint | undefined): Choice | undefined {
  switch (constraint?.op) {
    case undefined:
      return undefined;
    case 'equal':
      return { place: PLACES[part].equal, keys: [constraint.entity.key] };
    case 'within':
    case 'typeWithin':
      return { place: PLACES[part].within, keys: [constraint.entity.key] };
    case 'withinAny':
      return { place: PLACES[part].within, keys: constraint.entities.map((entity) => entity.key) };
    case 'type':
      return { place: PLACES[part].type, keys: [constraint.type] };
  }
}

type Counts = ReadonlyMap<Place, ReadonlyMap<string, number>>;

function countKeys(choices: readonly (readonly Choice[])[]): Counts {
  const counts = new Map<Place, Map<string, number>>();
  for (const list of choices)
    for (const { place, keys } of list) {
      const inside = counts.get(place) ?? new Map<string, number>();
      counts.set(place, inside);
      for (const key of keys) inside.set(key, (inside.get(key) ?? 0) + 1);
    }
  return counts;
}

function chooseRarest(choices: readonly Choice[], counts: Counts): Choice | undefined {
  let rarest: Choice | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    let count = 0;
    for (const key of choice.keys) count += counts.get(choice.place)?.get(key) ?? 0;
    if (count >= least) continue;
    rarest = choice;
    least = count;
  }
  return rarest;
}

/** What the place in the index has proven need not be tested again. */
function settle({ policy, open }: Candidate, { part }: Place): Candidate {
  const constraint = open[part];
  const left: ScopeConstraint | undefined =
    constraint?.op === 'typeWithin' ? { op: 'type', type: constraint.type } : undefined;
  return { policy, open: { ...open, [part]: left } };
}

function seek(node: Node, seeker: Seeker): void {
  for (const policy of node.fitting) seeker.visit(policy);
  for (const { policy, open } of node.rest) {
    if (
      fits(open.action, 'action', seeker) &&
      fits(open.resource, 'resource', seeker) &&
      fits(open.principal, 'principal', seeker)
    )
      seeker.visit(policy);
  }
  for (const {
    place: { part, bucket },
    nodes,
  } of node.branches) {
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
