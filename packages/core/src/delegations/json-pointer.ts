import { isJsonObject, type JsonValue } from '../actions/json-value.ts';

const POINTER = /^(?:\/(?:[^~/]|~0|~1)*)*$/;
const INDEX = /^(?:0|[1-9]\d{0,5})$/;
const LONGEST_POINTER = 256;

export function isJsonPointer(text: string): boolean {
  return text.length <= LONGEST_POINTER && POINTER.test(text);
}

/**
 * The values at an RFC 6901 pointer; none when it leads nowhere or is no pointer. The token `-`, which RFC 6901
 * leaves without a value, means each element of an array. Only own members count: `/constructor` finds nothing.
 */
export function findAtPointer(value: JsonValue, pointer: string): readonly JsonValue[] {
  if (!isJsonPointer(pointer)) return [];
  let found: readonly JsonValue[] = [value];
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const next: JsonValue[] = [];
    for (const one of found) {
      const inner = findMembers(one, name);
      // One element without the member is an absent argument, whatever the other elements have.
      if (inner.length === 0) return [];
      for (const member of inner) next.push(member);
    }
    found = next;
  }
  return found;
}

function findMembers(value: JsonValue, name: string): readonly JsonValue[] {
  if (Array.isArray(value)) {
    if (name === '-') return value;
    return INDEX.test(name) && Number(name) < value.length ? [value[Number(name)] as JsonValue] : [];
  }
  return isJsonObject(value) && Object.hasOwn(value, name) ? [value[name] as JsonValue] : [];
}
