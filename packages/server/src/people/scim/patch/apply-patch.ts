import { matchFilter } from '../filter/match-filter.ts';
import type { Filter } from '../filter/parse-filter.ts';
import { findKey, isRecord, type JsonRecord, readMember } from '../json.ts';
import { refuseScim } from '../scim-error.ts';
import type { PatchOperation } from './read-patch.ts';

const mostValues = 1_000;

/** For `readPatch`: each of the operations copies the resource. */
export const mostChanges = 200;
const mostMembers = 2_000;

/**
 * The resource after all operations, in their order. What it then says is for a schema to judge. Throws
 * `person.scim_invalid`.
 */
export function applyPatch(resource: JsonRecord, operations: readonly PatchOperation[]): JsonRecord {
  requireNarrow(operations);
  return operations.reduce(applyOperation, resource);
}

/** A wide value that one operation sets would be copied by each of the next. */
function requireNarrow(operations: readonly PatchOperation[]): void {
  let left = mostMembers;
  const count = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const members = Object.values(value);
    left -= members.length;
    if (left < 0) throw refuseScim('tooMany', 'Operations: the values have too many members');
    members.forEach(count);
  };
  for (const { value } of operations) count(value);
}

function applyOperation(resource: JsonRecord, operation: PatchOperation): JsonRecord {
  return setAt(resource, operation.path, (before) => change(before, operation));
}

/** `undefined` takes the member away. */
function setAt(of: JsonRecord, path: readonly string[], to: (before: unknown) => unknown): JsonRecord {
  const [name = '', ...rest] = path;
  const key = findKey(of, name) ?? name;
  const before = readMember(of, name);
  const after = rest.length === 0 ? to(before) : setAt(isRecord(before) ? before : {}, rest, to);
  const others = Object.entries(of).filter(([other]) => other !== key);
  return Object.fromEntries(after === undefined ? others : [...others, [key, after]]);
}

function change(before: unknown, operation: PatchOperation): unknown {
  const { op, which, value } = operation;
  if (which !== null) return changeSome(before, which, operation);
  if (op === 'remove') return removeValues(before, value);
  if (op === 'replace' || before === undefined) return value;
  if (Array.isArray(before)) return addValues(before, value);
  return isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
}

function changeSome(before: unknown, which: Filter, operation: PatchOperation): unknown {
  const { op, part, value } = operation;
  const values: readonly unknown[] = Array.isArray(before) ? before : [];
  const isMeant = (one: unknown): boolean => isRecord(one) && matchFilter(one, which);
  if (op === 'remove' && part === null) return keep(values.filter((one) => !isMeant(one)));
  const edit = (one: unknown): unknown => {
    if (!isRecord(one) || !isMeant(one)) return one;
    if (part === null) return isRecord(value) ? { ...one, ...value } : one;
    return setAt(one, [part], () => (op === 'remove' ? undefined : value));
  };
  if (values.some(isMeant)) return values.map(edit);
  if (op === 'remove') return before;
  // Entra sets the work address of who has none this way: what the filter says becomes a value.
  const said = part === null ? value : { [part]: value };
  return addValues(values, [{ ...describe(which), ...(isRecord(said) ? said : {}) }]);
}

/** What a value must say for the filter to mean it; only for filters that say so plainly. */
function describe(which: Filter): JsonRecord {
  if (which.kind === 'and')
    return Object.fromEntries(which.terms.flatMap((term) => Object.entries(describe(term))));
  if (which.kind === 'compare' && which.by === 'eq' && which.path.length === 1)
    return { [which.path[0] ?? '']: which.value };
  throw refuseScim('noTarget', 'no value is meant by the filter of the path');
}

function addValues(before: readonly unknown[], added: unknown): readonly unknown[] {
  const seen = new Set(before.map((one) => JSON.stringify(one)));
  const fresh = [added].flat().filter((one) => !seen.has(JSON.stringify(one)));
  const isPrimary = fresh.some((one) => isRecord(one) && readMember(one, 'primary') === true);
  // One value at most is the primary one (RFC 7643 §2.4).
  const kept = before.map((one) => (isPrimary && isRecord(one) ? { ...one, primary: false } : one));
  if (kept.length + fresh.length > mostValues)
    throw refuseScim('tooMany', 'an attribute has too many values');
  return [...kept, ...fresh];
}

/** Without a value all; with one, as Entra does it, those named by it. */
function removeValues(before: unknown, value: unknown): unknown {
  if (value === undefined || value === null || !Array.isArray(before)) return undefined;
  const gone = new Set([value].flat().map(nameValue));
  return keep(before.filter((one) => !gone.has(nameValue(one))));
}

function nameValue(one: unknown): string {
  return JSON.stringify(isRecord(one) ? (readMember(one, 'value') ?? one) : one);
}

function keep(values: readonly unknown[]): readonly unknown[] | undefined {
  return values.length === 0 ? undefined : values;
}
