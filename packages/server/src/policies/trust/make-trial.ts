import type { EntityJson, PolicyJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { readEntityName } from '../schema/entity-name.ts';
import type { Hints } from './collect-hints.ts';
import { makeRecord, type ValueMaking } from './make-value.ts';
import type { ActionFacts, RecordShape, World } from './read-types.ts';
import { pick, type Random } from './seeded-random.ts';
import type { Trial } from './trial.ts';

type Scope = Pick<PolicyJson, 'principal' | 'action' | 'resource'>;

const NO_SHAPE: RecordShape = { kind: 'Record', members: new Map() };

export type FindActions = (scope: Scope) => readonly ActionFacts[];

/** Finds the actions that a policy's scope lets through; all of them when there is none, so that it is tried all the same. */
export function indexActions({ actions }: World): FindActions {
  const byName = new Map<string, ActionFacts[]>();
  const byGroup = new Map<string, ActionFacts[]>();
  const byResource = new Map<string, ActionFacts[]>();
  for (const action of actions) {
    push(byName, keyOf(action), action);
    for (const group of action.groups) push(byGroup, keyOf(group), action);
    for (const type of action.resourceTypes) push(byResource, type, action);
  }
  return ({ action, resource }) => {
    const named = listNamed(action)?.flatMap((name) => [
      ...(byName.get(keyOf(name)) ?? []),
      ...(action.op === 'in' ? (byGroup.get(keyOf(name)) ?? []) : []),
    ]);
    const type = 'entity_type' in resource ? resource.entity_type : undefined;
    const ofType = type === undefined ? actions : (byResource.get(type) ?? []);
    const found = named?.filter((one) => type === undefined || one.resourceTypes.includes(type)) ?? ofType;
    return found.length > 0 ? found : actions;
  };
}

function push<T>(lists: Map<string, T[]>, key: string, member: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [member]);
  else list.push(member);
}

function keyOf({ type, id }: TypeAndId): string {
  return `${type} ${id}`;
}

export interface TrialPlan {
  readonly scope: Scope;
  readonly action: ActionFacts;
  readonly hints: Hints;
}

/** A request that the policy's scope lets through most of the time, with values near those its conditions name. */
export function makeTrial(world: World, { scope, action, hints }: TrialPlan, random: Random): Trial {
  const named: TypeAndId[] = [];
  const making: ValueMaking = { random, hints, named };
  const principal = chooseEntity(scope.principal, action.principalTypes, random, 'agent');
  // What an action is about usually has its name.
  const resource = chooseEntity(scope.resource, action.resourceTypes, random, action.id);
  const context = makeRecord(making, action.context(), 'context');
  const entities = new Map<string, EntityJson>();
  const add = (uid: TypeAndId, root: string, parents: readonly TypeAndId[]): void => {
    const key = `${uid.type} ${uid.id}`;
    if (entities.has(key)) return;
    const attrs = makeRecord(making, world.entities.get(uid.type) ?? NO_SHAPE, root);
    entities.set(key, { uid, attrs, parents: parents.filter((parent) => !sameAs(uid)(parent)) });
  };
  add(principal.uid, 'principal', principal.parents);
  add(resource.uid, 'resource', resource.parents);
  entities.set(' action', { uid: nameOf(action), attrs: {}, parents: action.groups.map(nameOf) });
  for (const parent of [...principal.parents, ...resource.parents]) add(parent, '', []);
  // Entities that attributes name have attributes too, and those may name more: one step is enough.
  for (const uid of named.splice(0)) if (random(3) > 0 && entities.size < 20) add(uid, '', []);
  return {
    principal: principal.uid,
    action: nameOf(action),
    resource: resource.uid,
    context,
    entities: [...entities.values()],
  };
}

interface Chosen {
  readonly uid: TypeAndId;
  readonly parents: readonly TypeAndId[];
}

function chooseEntity(
  constraint: PolicyJson['principal'] | PolicyJson['resource'],
  types: readonly string[],
  random: Random,
  usualId: string,
): Chosen {
  const type = ('entity_type' in constraint ? constraint.entity_type : pick(random, types)) ?? 'Nothing';
  const usual: TypeAndId = { type, id: random(20) === 0 ? 'another' : usualId };
  const wanted = readWanted(constraint);
  if (wanted === undefined) return { uid: usual, parents: upstreamOf(usual) };
  if (random(6) === 0) return { uid: { type, id: 'another' }, parents: [] };
  const isItself = constraint.op === '==' || (wanted.type === type && random(4) === 0);
  return isItself ? { uid: wanted, parents: upstreamOf(wanted) } : { uid: usual, parents: [wanted] };
}

function readWanted(constraint: PolicyJson['principal'] | PolicyJson['resource']): TypeAndId | undefined {
  const inside = 'in' in constraint && constraint.in !== undefined ? constraint.in : constraint;
  return 'entity' in inside ? readEntityName(inside.entity) : undefined;
}

/** Tools, resources and prompts are called `<upstream>/<name>` and are in their upstream. */
function upstreamOf({ type, id }: TypeAndId): readonly TypeAndId[] {
  const slash = id.indexOf('/');
  const namespace = type.slice(0, type.lastIndexOf('::') + 2);
  return slash < 0 ? [] : [{ type: `${namespace}Upstream`, id: id.slice(0, slash) }];
}

function listNamed(action: PolicyJson['action']): readonly TypeAndId[] | undefined {
  if (action.op === 'All') return undefined;
  if ('entities' in action) return action.entities.map(readEntityName);
  return 'entity' in action ? [readEntityName(action.entity)] : [];
}

function nameOf({ type, id }: TypeAndId): TypeAndId {
  return { type, id };
}

function sameAs(one: TypeAndId): (other: TypeAndId) => boolean {
  return (other) => other.type === one.type && other.id === one.id;
}
