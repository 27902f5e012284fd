import { isJsonObject, type JsonObject, type JsonValue } from '../actions/json-value.ts';

/** What stands where a text was; anything else that is redacted is left out. */
export const REDACTED = '[redacted by policy]';

export interface RedactedJson {
  /** The very same value when nothing was found; undefined when all of it must go. */
  readonly value: JsonValue | undefined;
  /** How many values were taken out. */
  readonly redacted: number;
}

/**
 * Takes the values at the JSON pointers (RFC 6901) out. `*` stands for each element of an array or each member of an
 * object, `-` for each element of an array. Only own members count. Texts become `REDACTED`, so that a text that must be
 * there still is one.
 */
export function redactJson(value: JsonValue, pointers: readonly string[]): RedactedJson {
  let current: JsonValue | undefined = value;
  let redacted = 0;
  for (const pointer of pointers) {
    if (current === undefined) break;
    const tokens = pointer
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const removed: RedactedJson = removeAt(current, tokens, 0);
    current = removed.value;
    redacted += removed.redacted;
  }
  return { value: current, redacted };
}

function removeAt(value: JsonValue, tokens: readonly string[], depth: number): RedactedJson {
  const token = tokens[depth];
  if (token === undefined) {
    if (value === REDACTED) return { value, redacted: 0 };
    return { value: typeof value === 'string' ? REDACTED : undefined, redacted: 1 };
  }
  if (Array.isArray(value)) return removeFromArray(value, token, tokens, depth);
  return isJsonObject(value) ? removeFromObject(value, token, tokens, depth) : { value, redacted: 0 };
}

function removeFromArray(
  value: readonly JsonValue[],
  token: string,
  tokens: readonly string[],
  depth: number,
): RedactedJson {
  const isEach = token === '*' || token === '-';
  let redacted = 0;
  const kept: JsonValue[] = [];
  for (const [index, element] of value.entries()) {
    if (!isEach && token !== String(index)) {
      kept.push(element);
      continue;
    }
    const inner = removeAt(element, tokens, depth + 1);
    redacted += inner.redacted;
    if (inner.value !== undefined) kept.push(inner.value);
  }
  return { value: redacted === 0 ? value : kept, redacted };
}

function removeFromObject(
  value: JsonObject,
  token: string,
  tokens: readonly string[],
  depth: number,
): RedactedJson {
  if (token !== '*' && !Object.hasOwn(value, token)) return { value, redacted: 0 };
  let redacted = 0;
  const members: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (token !== '*' && token !== name) {
      members.push([name, member]);
      continue;
    }
    const inner = removeAt(member, tokens, depth + 1);
    redacted += inner.redacted;
    if (inner.value !== undefined) members.push([name, inner.value]);
  }
  return { value: redacted === 0 ? value : Object.fromEntries(members), redacted };
}
