import { isJsonObject, type JsonObject, type JsonValue } from '../../actions/json-value.ts';
import { splitWords } from '../../actions/name-words.ts';

/** One atomic argument that a schema describes. */
export interface SchemaArgument {
  /** RFC 6901, with `*` for every item of an array. */
  readonly pointer: string;
  /** Of the property itself, or of the nearest one that has a name. */
  readonly nameWords: readonly string[];
  /** Of the properties that hold it, outermost first. */
  readonly holderWords: readonly string[];
  readonly description: string;
  readonly format: string;
  readonly type: 'string' | 'number' | 'other';
}

const DEEPEST = 6;
const MOST_ARGUMENTS = 200;
const MOST_VISITS = 2_000;
const LONGEST_DESCRIPTION = 500;

/** The atomic arguments of a hostile input schema, as far down and as many as a tool can sensibly have. */
export function listArguments(schema: JsonValue | undefined): readonly SchemaArgument[] {
  if (!isJsonObject(schema)) return [];
  const walk = new Walk(schema);
  walk.visit(schema, { pointer: '', nameWords: [], holderWords: [], description: '' }, 0);
  return [...walk.found.values()];
}

/** Where the atomic arguments of a schema are, sorted. */
export function listArgumentPointers(schema: JsonValue | undefined): readonly string[] {
  return listArguments(schema)
    .map(({ pointer }) => pointer)
    .sort();
}

interface Place {
  readonly pointer: string;
  readonly nameWords: readonly string[];
  readonly holderWords: readonly string[];
  readonly description: string;
}

class Walk {
  readonly found = new Map<string, SchemaArgument>();
  readonly #root: JsonObject;
  #visits = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  visit(given: JsonValue, place: Place, depth: number): void {
    this.#visits += 1;
    if (depth > DEEPEST || this.#visits > MOST_VISITS || this.found.size >= MOST_ARGUMENTS) return;
    if (!isJsonObject(given)) return;
    const schema = this.#resolve(given);
    const described = typeof schema.description === 'string' ? schema.description : '';
    const here = {
      ...place,
      description: (described === '' ? place.description : described).slice(0, LONGEST_DESCRIPTION),
    };
    for (const one of ['anyOf', 'oneOf', 'allOf']) {
      const branches = schema[one];
      if (Array.isArray(branches)) for (const branch of branches) this.visit(branch, here, depth + 1);
    }
    if (isJsonObject(schema.properties)) this.#visitProperties(schema.properties, here, depth);
    if (isArray(schema)) {
      this.#visitItems(schema.items ?? {}, { ...here, pointer: `${here.pointer}/*` }, depth);
    }
    const type = readType(schema);
    if (type !== undefined && place.pointer !== '') this.#add(here, schema, type);
  }

  #visitItems(items: JsonValue, place: Place, depth: number): void {
    if (isJsonObject(items) && Object.keys(items).length > 0) this.visit(items, place, depth + 1);
    else this.#add(place, {}, 'string');
  }

  #visitProperties(properties: JsonObject, place: Place, depth: number): void {
    for (const [name, property] of Object.entries(properties)) {
      const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
      const next = {
        pointer: `${place.pointer}/${token}`,
        nameWords: splitWords(name).filter((word) => word !== ''),
        holderWords: [...place.holderWords, ...place.nameWords],
        description: '',
      };
      this.visit(property, next, depth + 1);
    }
  }

  #add(place: Place, schema: JsonObject, type: SchemaArgument['type']): void {
    const known = this.found.get(place.pointer);
    if (known !== undefined && known.type !== 'other') return;
    const format = typeof schema.format === 'string' ? schema.format.slice(0, 40) : '';
    this.found.set(place.pointer, { ...place, format, type });
  }

  /** A reference into the document itself; any other leads nowhere. */
  #resolve(schema: JsonObject): JsonObject {
    const reference = schema.$ref;
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
    let found: JsonValue | undefined = this.#root;
    for (const token of reference.slice(2).split('/', DEEPEST)) {
      const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
      found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    }
    return isJsonObject(found) ? found : schema;
  }
}

function isArray(schema: JsonObject): boolean {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.includes('array') || isJsonObject(schema.items);
}

/** Undefined for what holds others, or is nothing but `null`. */
function readType(schema: JsonObject): SchemaArgument['type'] | undefined {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (schema.enum !== undefined || schema.const !== undefined) return 'other';
  if (types.includes('string')) return 'string';
  if (types.includes('number') || types.includes('integer')) return 'number';
  if (types.includes('boolean')) return 'other';
  // Nothing says what is in it: it is looked at as a whole.
  if (types.includes('object') && !isJsonObject(schema.properties)) return 'string';
  return undefined;
}
