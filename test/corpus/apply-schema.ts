import type { SchemaJson, Type, TypeOfAttribute } from '@cedar-policy/cedar-wasm/nodejs';

/** What a schema adds to data in Cedar's JSON form: the types of values that do not say them, and the actions. */
export interface SchemaReading {
  readonly actions: readonly unknown[];
  readEntity(json: unknown): unknown;
  readContext(action: { readonly type: string; readonly id: string }, json: unknown): unknown;
}

type Shape = Readonly<Record<string, unknown>>;

const CONSTRUCTORS = new Map([
  ['ipaddr', 'ip'],
  ['decimal', 'decimal'],
  ['datetime', 'datetime'],
  ['duration', 'duration'],
]);

/** Of a schema whose names are resolved. A text is an IP address or an object an entity where the schema says so. */
export function applySchema(schema: SchemaJson<string>): SchemaReading {
  const commonTypes = new Map<string, Type<string>>();
  const attributes = new Map<string, Type<string>>();
  const tags = new Map<string, Type<string>>();
  const contexts = new Map<string, Type<string>>();
  const actions: unknown[] = [];
  for (const [namespace, { commonTypes: common = {}, ...definition }] of Object.entries(schema)) {
    const qualify = (name: string): string => (namespace === '' ? name : `${namespace}::${name}`);
    for (const [name, type] of Object.entries(common)) commonTypes.set(qualify(name), type);
    for (const [name, type] of Object.entries(definition.entityTypes)) {
      if ('shape' in type && type.shape !== undefined) attributes.set(qualify(name), type.shape);
      if ('tags' in type && type.tags !== undefined) tags.set(qualify(name), type.tags);
    }
    for (const [id, { appliesTo, memberOf = [] }] of Object.entries(definition.actions)) {
      const uid = { type: qualify('Action'), id };
      const parents = memberOf.map((group) => ({ type: group.type ?? uid.type, id: group.id }));
      actions.push({ uid, attrs: {}, parents });
      if (appliesTo?.context !== undefined) contexts.set(`${uid.type}::${id}`, appliesTo.context);
    }
  }
  const read = (json: unknown, type: Type<string> | undefined): unknown => readTyped(json, type, commonTypes);
  return {
    actions,
    readEntity: (json) => {
      if (!isShape(json)) return json;
      const type = readTypeName(json.uid);
      const own = isShape(json.tags) ? json.tags : {};
      const tagEntries = Object.entries(own).map(([name, value]) => [name, read(value, tags.get(type))]);
      return {
        ...json,
        attrs: read(json.attrs, attributes.get(type)),
        tags: Object.fromEntries(tagEntries),
      };
    },
    readContext: (action, json) => read(json, contexts.get(`${action.type}::${action.id}`)),
  };
}

function readTyped(
  json: unknown,
  type: Type<string> | undefined,
  commonTypes: ReadonlyMap<string, Type<string>>,
): unknown {
  if (type === undefined) return json;
  const again = (inner: unknown, innerType: Type<string> | undefined): unknown =>
    readTyped(inner, innerType, commonTypes);
  const common = commonTypes.get(type.type);
  if (common !== undefined) return again(json, common);
  const fn = CONSTRUCTORS.get(readExtensionName(type));
  if (fn !== undefined) return readExtension(json, fn);
  if (type.type === 'Set' && 'element' in type && Array.isArray(json))
    return json.map((member) => again(member, type.element));
  if (type.type === 'Record' && 'attributes' in type && isShape(json)) {
    const members = new Map<string, TypeOfAttribute<string>>(Object.entries(type.attributes));
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [name, again(value, members.get(name))]),
    );
  }
  if (type.type === 'Entity' && isShape(json) && typeof json.type === 'string') return { __entity: json };
  return json;
}

function readExtensionName(type: Type<string>): string {
  const name = type.type === 'Extension' && 'name' in type ? String(type.name) : type.type;
  return name.replace(/^__cedar::/, '');
}

function readExtension(json: unknown, fn: string): unknown {
  if (typeof json === 'string') return { __extn: { fn, arg: json } };
  return isShape(json) && Object.hasOwn(json, 'fn') ? { __extn: json } : json;
}

function readTypeName(uid: unknown): string {
  const name = isShape(uid) && isShape(uid.__entity) ? uid.__entity : uid;
  return isShape(name) ? String(name.type) : '';
}

function isShape(json: unknown): json is Shape {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
