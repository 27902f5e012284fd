import type { ActionType, EntityJson, SchemaJson, Type } from '@cedar-policy/cedar-wasm/nodejs';

/** Types of somebody else's enforcement point, which a bundle declares beside its policies. */
export interface DeclaredTypes {
  /** As written: names within a namespace may be short. */
  readonly schema: SchemaJson<string>;
  /** Every name in full. */
  readonly resolved: SchemaJson<string>;
  /** What the bundle says of entities that exist; the most its searches can find. */
  readonly entities: readonly EntityJson[];
}

/** An action of declared types, and its context. */
export interface DeclaredAction {
  readonly uid: { readonly type: string; readonly id: string };
  readonly principalTypes: readonly string[];
  readonly resourceTypes: readonly string[];
  readonly context: Type<string> | undefined;
}

export function listDeclaredActions(declared: DeclaredTypes): readonly DeclaredAction[] {
  return Object.entries(declared.resolved).flatMap(([namespace, { actions }]) =>
    Object.entries(actions).flatMap(([id, action]) => describeAction(namespace, id, action) ?? []),
  );
}

/** A group of actions applies to nothing by itself. */
function describeAction(
  namespace: string,
  id: string,
  { appliesTo }: ActionType<string>,
): DeclaredAction | undefined {
  if (appliesTo === undefined) return undefined;
  return {
    uid: { type: qualify(namespace, 'Action'), id },
    principalTypes: appliesTo.principalTypes,
    resourceTypes: appliesTo.resourceTypes,
    context: appliesTo.context as Type<string> | undefined,
  };
}

export function qualify(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}::${name}`;
}

/** The type's attributes; undefined for a type that is not declared. Hostile names find nothing but declared ones. */
export function findShape(declared: DeclaredTypes, name: string): Type<string> | 'none' | undefined {
  const [namespace, short] = splitName(name);
  const types = findOwn(declared.resolved, namespace)?.entityTypes;
  const type = types && findOwn(types, short);
  if (type === undefined) return undefined;
  return 'shape' in type && type.shape !== undefined ? (type.shape as Type<string>) : 'none';
}

export function findCommonType(declared: DeclaredTypes, name: string): Type<string> | undefined {
  const [namespace, short] = splitName(name);
  const types = findOwn(declared.resolved, namespace)?.commonTypes;
  return types && findOwn(types, short);
}

function splitName(name: string): readonly [namespace: string, short: string] {
  const end = name.lastIndexOf('::');
  return end < 0 ? ['', name] : [name.slice(0, end), name.slice(end + 2)];
}

function findOwn<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Ids of the entities of a type that the bundle knows, in its order. */
export function listDeclaredEntities(declared: DeclaredTypes, type: string): readonly string[] {
  const names = declared.entities.map(({ uid }) => ('__entity' in uid ? uid.__entity : uid));
  return names.filter((name) => name.type === type).map(({ id }) => id);
}
