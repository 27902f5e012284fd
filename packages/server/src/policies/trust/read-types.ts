import type { SchemaJson, Type, TypeOfAttribute } from '@cedar-policy/cedar-wasm/nodejs';

/** A type of the schema with its common types put in. */
export type ValueType =
  | { readonly kind: 'String' | 'Long' | 'Boolean' }
  | { readonly kind: 'Extension'; readonly name: string }
  | { readonly kind: 'Entity'; readonly type: string }
  | { readonly kind: 'Set'; readonly element: ValueType }
  | RecordShape;

export interface RecordShape {
  readonly kind: 'Record';
  readonly members: ReadonlyMap<string, { readonly type: ValueType; readonly required: boolean }>;
}

export interface ActionFacts {
  readonly type: string;
  readonly id: string;
  /** All groups it is in, not only the nearest. */
  readonly groups: readonly { readonly type: string; readonly id: string }[];
  readonly principalTypes: readonly string[];
  readonly resourceTypes: readonly string[];
  /** Read when it is first asked for: a schema may have thousands of actions. */
  readonly context: () => RecordShape;
}

export interface World {
  /** Those that a request can name. */
  readonly actions: readonly ActionFacts[];
  readonly entities: ReadonlyMap<string, RecordShape>;
}

const EMPTY: RecordShape = { kind: 'Record', members: new Map() };
const DEEPEST = 20;

/** What the schema says of actions and entities, in the form requests are made from. */
export function readWorld(schema: SchemaJson<string>): World {
  const actions: ActionFacts[] = [];
  const entities = new Map<string, RecordShape>();
  for (const [namespace, definition] of Object.entries(schema)) {
    const qualify = (name: string): string =>
      name.includes('::') || namespace === '' ? name : `${namespace}::${name}`;
    const read = (type: Type<string> | undefined, depth = 0): ValueType | undefined =>
      type === undefined || depth > DEEPEST
        ? undefined
        : readType({ type, qualify, read, definition, depth });
    const shape = (type: Type<string> | undefined): RecordShape => {
      const found = read(type);
      return found?.kind === 'Record' ? found : EMPTY;
    };
    for (const [name, entity] of Object.entries(definition.entityTypes))
      entities.set(qualify(name), 'shape' in entity ? shape(entity.shape) : EMPTY);
    const nameAction = (id: string): { type: string; id: string } => ({ type: qualify('Action'), id });
    const groupsOf = (id: string, seen: Set<string>): Set<string> => {
      for (const { id: group } of definition.actions[id]?.memberOf ?? []) {
        if (seen.has(group)) continue;
        seen.add(group);
        groupsOf(group, seen);
      }
      return seen;
    };
    for (const [id, { appliesTo }] of Object.entries(definition.actions)) {
      if (appliesTo === undefined) continue;
      actions.push({
        ...nameAction(id),
        groups: [...groupsOf(id, new Set())].map(nameAction),
        principalTypes: appliesTo.principalTypes.map(qualify),
        resourceTypes: appliesTo.resourceTypes.map(qualify),
        context: once(() => shape(appliesTo.context)),
      });
    }
  }
  return { actions, entities };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

interface Reading {
  readonly type: Type<string>;
  readonly qualify: (name: string) => string;
  readonly read: (type: Type<string> | undefined, depth: number) => ValueType | undefined;
  readonly definition: SchemaJson<string>[string];
  readonly depth: number;
}

function readType({ type, qualify, read, definition, depth }: Reading): ValueType | undefined {
  const given = type as { readonly type: string; readonly name?: string; readonly element?: Type<string> };
  switch (given.type) {
    case 'String':
    case 'Long':
    case 'Boolean':
      return { kind: given.type };
    case 'Extension':
      return { kind: 'Extension', name: given.name ?? '' };
    case 'Entity':
      return { kind: 'Entity', type: qualify(given.name ?? '') };
    case 'Set': {
      const element = read(given.element, depth + 1);
      return element && { kind: 'Set', element };
    }
    case 'Record': {
      const { attributes = {} } = type as { readonly attributes?: Record<string, TypeOfAttribute<string>> };
      const members = Object.entries(attributes).flatMap(([name, member]) => {
        const found = read(member, depth + 1);
        return found ? [[name, { type: found, required: member.required !== false }] as const] : [];
      });
      return { kind: 'Record', members: new Map(members) };
    }
  }
  // A name: of a common type, else of an entity.
  const name = given.type === 'EntityOrCommon' ? (given.name ?? '') : given.type;
  const common = definition.commonTypes;
  if (common !== undefined && Object.hasOwn(common, name)) return read(common[name], depth + 1);
  return { kind: 'Entity', type: qualify(name) };
}
