import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';

/** One argument that is mirrored into a header (MCP 2026-07-28, SEP-2243). */
export interface ParameterHeader {
  readonly path: readonly string[];
  /** Without the `Mcp-Param-` prefix. */
  readonly header: string;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const types = new Set<unknown>(['string', 'integer', 'boolean']);
const annotation = 'x-mcp-header';

/**
 * The `x-mcp-header` annotations of an input schema, or undefined when one of them breaks the rules: it must sit on a
 * string, integer or boolean that is reached through `properties` alone, with a unique token as its value.
 */
export function findParameterHeaders(
  inputSchema: JsonValue | undefined,
): readonly ParameterHeader[] | undefined {
  const found: ParameterHeader[] = [];
  collect(inputSchema, [], found);
  const names = new Set(found.map(({ header }) => header.toLowerCase()));
  const valid = names.size === found.length && found.every(({ header }) => token.test(header));
  return valid && countAnnotations(inputSchema) === found.length ? found : undefined;
}

function collect(schema: JsonValue | undefined, path: readonly string[], found: ParameterHeader[]): void {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return;
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!isJsonObject(property)) continue;
    const header = Object.hasOwn(property, annotation) ? property[annotation] : undefined;
    const here = [...path, name];
    if (typeof header === 'string' && types.has(property.type)) found.push({ path: here, header });
    collect(property, here, found);
  }
}

/** Counts annotations anywhere a schema can be; a property that is merely called `x-mcp-header` is none. */
function countAnnotations(value: JsonValue | undefined, names = false): number {
  if (Array.isArray(value))
    return value.reduce((sum: number, one: JsonValue) => sum + countAnnotations(one), 0);
  if (!isJsonObject(value)) return 0;
  let count = 0;
  for (const [key, member] of Object.entries(value)) {
    if (key === annotation && !names) count++;
    else if (names || !literalKeywords.has(key))
      count += countAnnotations(member, !names && namingKeywords.has(key));
  }
  return count;
}

const namingKeywords = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
const literalKeywords = new Set(['const', 'enum', 'default', 'examples', 'required']);

/** The value of an argument as its header spells it, or undefined when there is none to send. */
export function readParameter(callArguments: JsonObject, path: readonly string[]): string | undefined {
  let value: JsonValue | undefined = callArguments;
  for (const name of path)
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
