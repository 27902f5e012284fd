import { canonicalJson } from '../actions/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../actions/json-value.ts';

/**
 * The canonical text of the arguments without the members at some RFC 6901 pointers. A pointer leads through objects alone:
 * where a call has something else in its way nothing is left out, so that call stays different.
 */
export function maskArguments(args: JsonValue, pointers: readonly string[]): string {
  return canonicalJson(mask(args, pointers.map(readTokens)));
}

export function readTokens(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function mask(value: JsonValue, paths: readonly (readonly string[])[]): JsonValue {
  if (paths.length === 0 || !isJsonObject(value)) return value;
  const kept = Object.entries(value).flatMap(([name, member]): [string, JsonValue][] => {
    const below = paths.filter(([first]) => first === name);
    if (below.some((path) => path.length === 1)) return [];
    return [
      [
        name,
        mask(
          member,
          below.map((path) => path.slice(1)),
        ),
      ],
    ];
  });
  // `fromEntries` defines members: a name such as `__proto__` is one like any other.
  return Object.fromEntries(kept) as JsonObject;
}
