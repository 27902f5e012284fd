import { CedarEvaluationError } from './errors.ts';
import type { CedarEntity, CedarExtension, CedarLong, CedarSet, CedarValue } from './value.ts';

/** Each returns the value when it has the type, and errs the policy otherwise. */
export function requireBoolean(value: CedarValue): boolean {
  return typeof value === 'boolean' ? value : refuse('a Boolean', value);
}

export function requireString(value: CedarValue): string {
  return typeof value === 'string' ? value : refuse('a String', value);
}

export function requireLong(value: CedarValue): CedarLong {
  return typeof value === 'number' || typeof value === 'bigint' ? value : refuse('a Long', value);
}

export function requireEntity(value: CedarValue): CedarEntity {
  return typeof value === 'object' && value.kind === 'entity' ? value : refuse('an entity', value);
}

export function requireSet(value: CedarValue): CedarSet {
  return typeof value === 'object' && value.kind === 'set' ? value : refuse('a Set', value);
}

export function requireExtension<N extends CedarExtension['name']>(
  value: CedarValue,
  name: N,
): CedarExtension & { readonly name: N } {
  return isExtension(value, name) ? value : refuse(`a ${name}`, value);
}

function isExtension<N extends CedarExtension['name']>(
  value: CedarValue,
  name: N,
): value is CedarExtension & { readonly name: N } {
  return typeof value === 'object' && value.kind === 'extension' && value.name === name;
}

function refuse(wanted: string, value: CedarValue): never {
  throw new CedarEvaluationError(`expected ${wanted}, got ${nameType(value)}`);
}

/** The value's type and nothing of the value, so that a message gives nothing away. */
export function nameType(value: CedarValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'a Boolean';
    case 'string':
      return 'a String';
    case 'object':
      if (value.kind === 'extension') return `a ${value.name}`;
      return value.kind === 'entity' ? 'an entity' : `a ${value.kind === 'set' ? 'Set' : 'Record'}`;
    default:
      return 'a Long';
  }
}
