/** What no object can hold in canonical order, or `JSON.stringify` would not write as it stands. */
export const unordered: unique symbol = Symbol('unordered');

/**
 * A value that `JSON.stringify` writes as canonical JSON: the same one when its members are in order already, else a
 * copy of as much as is not. Objects keep names that look like indexes before all others, so those are left to others.
 * Throws TypeError on what canonical JSON cannot carry, or nests deeper than `maximumDepth`.
 */
export function orderMembers(value: unknown, maximumDepth: number): unknown {
  if (maximumDepth < 0) throw new TypeError('nested too deeply for canonical JSON');
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN or infinity');
      return value;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return value;
      if ('toJSON' in value) return unordered;
      return Array.isArray(value) ? orderItems(value, maximumDepth) : orderObject(value, maximumDepth);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function orderItems(items: readonly unknown[], maximumDepth: number): unknown {
  let copy: unknown[] | undefined;
  for (let at = 0; at < items.length; at += 1) {
    const ordered = orderMembers(items[at], maximumDepth - 1);
    if (ordered === unordered) return unordered;
    if (ordered !== items[at]) copy ??= items.slice();
    if (copy !== undefined) copy[at] = ordered;
  }
  return copy ?? items;
}

function orderObject(value: object, maximumDepth: number): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return unordered;
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(value);
  const isOrdered = areInOrder(names);
  if (!isOrdered) names.sort();
  let copy: Record<string, unknown> | undefined = isOrdered ? undefined : {};
  for (const name of names) {
    if (name === '__proto__' || !name.isWellFormed()) return unordered;
    const member = members[name];
    if (member === undefined) continue;
    const ordered = orderMembers(member, maximumDepth - 1);
    if (ordered === unordered) return unordered;
    if (ordered !== member) copy ??= { ...members };
    if (copy !== undefined) copy[name] = ordered;
  }
  if (copy === undefined) return value;
  return areInOrder(Object.keys(copy)) ? copy : unordered;
}

/** By UTF-16 code units, as RFC 8785 section 3.2.3 demands. */
function areInOrder(names: readonly string[]): boolean {
  for (let at = 1; at < names.length; at += 1) {
    if ((names[at - 1] ?? '') > (names[at] ?? '')) return false;
  }
  return true;
}
