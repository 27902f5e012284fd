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
 * attributes, some with dots, into one value without a path. Throws `person.scim_invalid`.
 */
export function readPatch(body: JsonRecord): readonly PatchOperation[] {
  const operations = readMember(body, 'Operations');
  if (!Array.isArray(operations) || operations.length === 0)
    throw refuseScim('invalidSyntax', 'Operations: at least one is needed');
  if (operations.length > mostOperations) throw refuseScim('tooMany', 'Operations: too many');
  return operations.flatMap((operation: unknown) => {
    if (!isRecord(operation)) throw refuseScim('invalidSyntax', 'Operations: each is an object');
    const op = readOp(readMember(operation, 'op'));
    const path = readMember(operation, 'path');
    const value = readMember(operation, 'value');
    if (path !== undefined && path !== null && path !== '') return [readOperation(op, path, value)];
    if (op === 'remove') throw refuseScim('noTarget', 'remove: a path is needed');
    if (!isRecord(value)) throw refuseScim('invalidValue', 'an operation without a path needs an object');
    return Object.entries(value).flatMap(([name, one]) => spread(op, name, one));
  });
}

const mostOperations = 1_000;
const longestPath = 500;

function readOp(op: unknown): PatchOperation['op'] {
  const name = typeof op === 'string' ? op.toLowerCase() : '';
  if (name === 'add' || name === 'remove' || name === 'replace') return name;
  throw refuseScim('invalidSyntax', 'op: add, remove or replace');
}

/** An extension as a whole is one operation for each attribute of it. */
function spread(op: PatchOperation['op'], name: string, value: unknown): readonly PatchOperation[] {
  if (name.toLowerCase() === 'schemas') return [];
  const isExtension = /^urn:/i.test(name) && isRecord(value) && findKey(value, 'value') === undefined;
  if (!isExtension) return [readOperation(op, name, value)];
  return Object.entries(value).map(([part, one]) => readOperation(op, `${name}:${part}`, one));
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
