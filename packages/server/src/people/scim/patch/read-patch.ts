import { type Filter, parseFilter, readPath } from '../filter/parse-filter.ts';
import { findKey, isRecord, type JsonRecord, readMember } from '../json.ts';
import { refuseScim } from '../scim-error.ts';

/** One operation of RFC 7644 §3.5.2 on one attribute. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: readonly string[];
  /** Which of several values. */
  readonly which: Filter | null;
  /** Of those values, what; null for all of each. */
  readonly part: string | null;
  readonly value: unknown;
}

/**
 * Hostile. The operations in order, each about one attribute: Entra writes `Add` and `Replace`, and like others puts many
 * attributes, some with dots, into one value without a path. Throws `person.scim_invalid`, also for more than `most`:
 * they are counted before they are read.
 */
export function readPatch(body: JsonRecord, most: number): readonly PatchOperation[] {
  const operations = readMember(body, 'Operations');
  if (!Array.isArray(operations) || operations.length === 0)
    throw refuseScim('invalidSyntax', 'Operations: at least one is needed');
  requireRoom(operations.length, most);
  const read: PatchOperation[] = [];
  for (const operation of operations) read.push(...readEach(operation, most - read.length));
  return read;
}

function readEach(operation: unknown, room: number): readonly PatchOperation[] {
  if (!isRecord(operation)) throw refuseScim('invalidSyntax', 'Operations: each is an object');
  const op = readOp(readMember(operation, 'op'));
  const path = readMember(operation, 'path');
  const value = readMember(operation, 'value');
  const isOne = path !== undefined && path !== null && path !== '';
  if (!isOne && op === 'remove') throw refuseScim('noTarget', 'remove: a path is needed');
  if (!isOne && !isRecord(value))
    throw refuseScim('invalidValue', 'an operation without a path needs an object');
  const targets = isOne || !isRecord(value) ? [{ path, value }] : spread(value, room);
  requireRoom(targets.length, room);
  return targets.map((target) => readOperation(op, target.path, target.value));
}

function requireRoom(count: number, room: number): void {
  if (count > room) throw refuseScim('tooMany', 'Operations: too many attributes are changed at once');
}

const longestPath = 500;

function readOp(op: unknown): PatchOperation['op'] {
  const name = typeof op === 'string' ? op.toLowerCase() : '';
  if (name === 'add' || name === 'remove' || name === 'replace') return name;
  throw refuseScim('invalidSyntax', 'op: add, remove or replace');
}

/** An extension as a whole is one operation for each attribute of it. */
function spread(
  value: JsonRecord,
  room: number,
): readonly { readonly path: string; readonly value: unknown }[] {
  const names = Object.keys(value).filter((name) => name.toLowerCase() !== 'schemas');
  requireRoom(names.length, room);
  return names.flatMap((name) => {
    const one = value[name];
    const isExtension = /^urn:/i.test(name) && isRecord(one) && findKey(one, 'value') === undefined;
    if (!isExtension) return [{ path: name, value: one }];
    const parts = Object.keys(one);
    requireRoom(parts.length, room);
    return parts.map((part) => ({ path: `${name}:${part}`, value: one[part] }));
  });
}

function readOperation(op: PatchOperation['op'], path: unknown, value: unknown): PatchOperation {
  if (typeof path !== 'string' || path.length > longestPath)
    throw refuseScim('invalidPath', 'path: a text of at most 500 characters');
  if (op !== 'remove' && value === undefined) throw refuseScim('invalidValue', `${op}: a value is needed`);
  const filtered = /^([^[\]]+)\[(.*)\](?:\.([a-z$][\w$-]{0,63}))?$/is.exec(path.trim());
  if (filtered === null) {
    if (/[[\]]/.test(path)) throw refuseScim('invalidPath', 'path: a filter does not end');
    return { op, path: readPath(path.trim()), which: null, part: null, value };
  }
  const [, attribute = '', filter = '', part] = filtered;
  return { op, path: readPath(attribute), which: parseFilter(filter), part: part ?? null, value };
}
