import { isJsonObject, type JsonObject } from '@countersign/core';
import { compileMapping, type Mapping } from './compile-mapping.ts';
import { mapByDefault } from './map-by-default.ts';
import { MappingError } from './mapping-error.ts';

/** What of a message a mapping is found by. */
export interface Mapped {
  readonly method: string;
  /** Tool, prompt or argument reference name, or resource URI; empty where there is none. */
  readonly target: string;
  /** Of the type of a completion's reference; undefined for other messages. */
  readonly reference: string | undefined;
  /** The definition of the tool, where its mapping counts. */
  readonly definition: JsonObject | null;
  /** Names the upstream to its clients (RFC 8707). */
  readonly resource: string;
}

const compiled = new WeakMap<JsonObject, Mapping | MappingError>();

/** The mapping of a message: its tool's own, or that of its method. A method that has none is refused by `undefined`. */
export function findMapping(mapped: Mapped): Mapping | undefined {
  const { definition } = mapped;
  const schema = definition?.inputSchema;
  if (definition === null || !isJsonObject(schema) || !Object.hasOwn(schema, 'x-authzen-mapping'))
    return mapByDefault(mapped);
  const known = compiled.get(definition) ?? compileOnce(definition, schema);
  if (known instanceof MappingError) throw known;
  return known;
}

/** A flaw is remembered as well: it costs a caller nothing to ask again. */
function compileOnce(definition: JsonObject, schema: JsonObject): Mapping | MappingError {
  let mapping: Mapping | MappingError;
  try {
    mapping = compileMapping(schema['x-authzen-mapping'] ?? null);
  } catch (thrown) {
    if (!(thrown instanceof MappingError)) throw thrown;
    mapping = thrown;
  }
  compiled.set(definition, mapping);
  return mapping;
}
