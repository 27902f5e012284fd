import { readFileSync } from 'node:fs';

interface Attribute {
  readonly type: string;
  readonly requirement: 'required' | 'recommended' | 'optional';
  readonly array?: true;
  readonly enum?: Readonly<Record<string, string>>;
}

interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints: Readonly<Record<string, readonly string[]>> | null;
}

interface Schema {
  readonly classes: Readonly<
    Record<string, Shape & { uid: number; caption: string; category: string; category_uid: number }>
  >;
  readonly objects: Readonly<Record<string, Shape>>;
  readonly types: Readonly<
    Record<string, { type?: string; regex?: string; range?: readonly [number, number]; max_len?: number }>
  >;
}

let loaded: Schema | undefined;

/** What the schema of OCSF 1.8.0 finds wrong with an event; nothing when it is valid. */
export function validateOcsf(event: unknown): readonly string[] {
  loaded ??= JSON.parse(readFileSync(new URL('./ocsf/ocsf-1.8.0.json', import.meta.url), 'utf8')) as Schema;
  if (!isObject(event)) return ['it is no object'];
  const schema = loaded;
  const shape = Object.values(schema.classes).find(({ uid }) => uid === event.class_uid);
  if (shape === undefined) return [`class_uid: ${String(event.class_uid)} is none`];
  const wrong = checkShape(schema, shape, event, '');
  const expected = {
    category_uid: shape.category_uid,
    category_name: shape.category,
    class_name: shape.caption,
    type_uid: shape.uid * 100 + Number(event.activity_id),
  };
  for (const [name, value] of Object.entries(expected))
    if (event[name] !== value) wrong.push(`${name}: is ${String(event[name])} and not ${value}`);
  return wrong;
}

function checkShape(schema: Schema, shape: Shape, value: Record<string, unknown>, at: string): string[] {
  const wrong: string[] = [];
  for (const [name, { requirement }] of Object.entries(shape.attributes))
    if (requirement === 'required' && !Object.hasOwn(value, name)) wrong.push(`${at}${name}: is missing`);
  for (const [name, one] of Object.entries(value)) {
    const attribute = shape.attributes[name];
    if (attribute === undefined) wrong.push(`${at}${name}: is no attribute`);
    else wrong.push(...checkAttribute(schema, attribute, one, `${at}${name}`));
  }
  for (const [rule, names] of Object.entries(shape.constraints ?? {})) {
    const given = names.filter((name) => Object.hasOwn(value, name)).length;
    if (rule === 'at_least_one' ? given < 1 : given !== 1)
      wrong.push(`${at}: ${rule} of ${names.join(', ')}`);
  }
  return wrong;
}

function checkAttribute(schema: Schema, attribute: Attribute, value: unknown, at: string): string[] {
  if (attribute.array !== true) return checkValue(schema, attribute, value, at);
  if (!Array.isArray(value)) return [`${at}: is no array`];
  return value.flatMap((one, index) => checkValue(schema, attribute, one, `${at}[${index}]`));
}

function checkValue(schema: Schema, { type, enum: values }: Attribute, value: unknown, at: string): string[] {
  if (type === 'object') return isObject(value) ? [] : [`${at}: is no object`];
  if (values !== undefined && !Object.hasOwn(values, String(value)))
    return [`${at}: ${String(value)} is not in its enumeration`];
  const known = schema.types[type];
  if (known === undefined) {
    const shape = schema.objects[type];
    if (shape === undefined) return [`${at}: the object ${type} is not among those kept here`];
    return isObject(value) ? checkShape(schema, shape, value, `${at}.`) : [`${at}: is no object`];
  }
  const base = known.type ?? type;
  const fits =
    base === 'string_t'
      ? typeof value === 'string' && value.length <= (known.max_len ?? Number.POSITIVE_INFINITY)
      : base === 'boolean_t'
        ? typeof value === 'boolean'
        : base === 'integer_t' || base === 'long_t' || base === 'timestamp_t'
          ? Number.isSafeInteger(value)
          : typeof value === 'number';
  if (!fits) return [`${at}: is no ${type}`];
  if (known.regex !== undefined && !new RegExp(known.regex).test(String(value)))
    return [`${at}: is no ${type}`];
  return [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
