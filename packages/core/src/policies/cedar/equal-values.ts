import type { CedarExtension, CedarRecord, CedarSet, CedarValue } from './value.ts';

/** Cedar's `==`: structural, and false for values of different types. */
export function equalValues(left: CedarValue, right: CedarValue): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  switch (left.kind) {
    case 'entity':
      return right.kind === 'entity' && left.id === right.id && left.type === right.type;
    case 'extension':
      return right.kind === 'extension' && equalExtensions(left, right);
    case 'set':
      return right.kind === 'set' && equalSets(left, right);
    case 'record':
      return right.kind === 'record' && equalRecords(left, right);
  }
}

function equalExtensions(left: CedarExtension, right: CedarExtension): boolean {
  if (left.name !== 'ip') return right.name === left.name && left.amount === right.amount;
  return (
    right.name === 'ip' &&
    left.version === right.version &&
    left.address === right.address &&
    left.prefixBits === right.prefixBits
  );
}

function equalSets(left: CedarSet, right: CedarSet): boolean {
  return left.size === right.size && left.values().every((value) => right.has(value));
}

function equalRecords(left: CedarRecord, right: CedarRecord): boolean {
  const names = left.names();
  if (names.length !== right.names().length) return false;
  return names.every((name) => {
    const [one, other] = [left.get(name), right.get(name)];
    return one !== undefined && other !== undefined && equalValues(one, other);
  });
}
