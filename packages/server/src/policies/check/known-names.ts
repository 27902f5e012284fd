import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { ACTION_TYPE, NAMESPACE } from '../schema/action-names.ts';
import type { EntityName } from '../schema/entity-name.ts';

/** What is known to be there when a bundle is checked. Undefined: nobody said, so nothing is concluded from it. */
export interface KnownNames {
  /** Ids of agents. */
  readonly agents?: ReadonlySet<string>;
  /** Names of groups of agents. */
  readonly groups?: ReadonlySet<string>;
}

export interface KnownAction {
  /** All groups it is in, directly or through others. */
  readonly groups: ReadonlySet<string>;
  readonly resourceTypes: readonly string[];
}

/** The names of a schema: its actions with their groups, and with them the tools and upstreams. */
export interface SchemaNames extends KnownNames {
  readonly actions: ReadonlyMap<string, KnownAction>;
  readonly upstreams: ReadonlySet<string>;
}

export function readSchemaNames(schema: SchemaJson<string>, known: KnownNames = {}): SchemaNames {
  const declared = new Map(Object.entries(schema[NAMESPACE]?.actions ?? {}));
  const actions = new Map<string, KnownAction>();
  const upstreams = new Set<string>();
  for (const [id, action] of declared) {
    const groups = new Set<string>();
    const pending = (action.memberOf ?? []).map((group) => group.id);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (groups.has(next)) continue;
      groups.add(next);
      pending.push(...(declared.get(next)?.memberOf ?? []).map((group) => group.id));
    }
    const resourceTypes = (action.appliesTo?.resourceTypes ?? []).map(qualify);
    actions.set(id, { groups, resourceTypes });
    const slash = id.indexOf('/');
    if (slash > 0) upstreams.add(id.slice(0, slash));
  }
  return { ...known, actions, upstreams };
}

/** The actions that something can do, which groups of actions are not. */
export function listDoable({ actions }: SchemaNames): readonly (readonly [string, KnownAction])[] {
  return [...actions].filter(([, action]) => action.resourceTypes.length > 0);
}

/** Whether an entity is in another in every request; undefined when that cannot be told. */
export function isWithin(names: SchemaNames, entity: EntityName, other: EntityName): boolean | undefined {
  if (entity.type === other.type && entity.id === other.id) return true;
  if (entity.type === ACTION_TYPE) {
    const known = other.type === ACTION_TYPE ? names.actions.get(entity.id) : { groups: new Set<string>() };
    return known?.groups.has(other.id);
  }
  if (entity.type === toolType && other.type === upstreamType) return entity.id.startsWith(`${other.id}/`);
  return undefined;
}

/** The tool that an action is, when the schema says that it is one. */
export function findToolOf(names: SchemaNames, action: string): EntityName | undefined {
  const [type, ...others] = names.actions.get(action)?.resourceTypes ?? [];
  return type === toolType && others.length === 0 && action.includes('/')
    ? { type: toolType, id: action }
    : undefined;
}

export const toolType = `${NAMESPACE}::Tool`;
export const upstreamType = `${NAMESPACE}::Upstream`;
export const agentType = `${NAMESPACE}::Agent`;

function qualify(type: string): string {
  return type.includes('::') ? type : `${NAMESPACE}::${type}`;
}
