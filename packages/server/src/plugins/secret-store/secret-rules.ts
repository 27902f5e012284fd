import { AppError } from '@countersign/api';
import type { JsonValue } from '@countersign/core';
import { parseSecretName } from './secret-name.ts';

const name = /^[a-z][a-z0-9-]{0,62}$/;
const shortest = 8;
const longest = 16_384;

/** Throws `secret.invalid` unless the name is a slug: lower-case letters, digits and hyphens. */
export function requireSecretName(text: string): void {
  if (!name.test(text)) throw new AppError('secret.invalid', { detail: 'the name is not a slug' });
}

/**
 * Throws `secret.invalid` unless the value can be sent as a header or variable and be found again in what comes back:
 * 8 to 16,384 characters, none of them a control character, no space around them.
 */
export function requireSecretValue(value: string): void {
  if (value.length < shortest || value.length > longest) {
    throw new AppError('secret.invalid', {
      detail: `the value must have ${shortest} to ${longest} characters`,
    });
  }
  if (/\p{Cc}/u.test(value) || !value.isWellFormed() || value !== value.trim()) {
    throw new AppError('secret.invalid', {
      detail: 'the value holds a control character or surrounding space',
    });
  }
}

/** `name` or `name#field` as a store is asked for it. Throws `secret.invalid`. */
export function requireReference(text: string): {
  readonly name: string;
  readonly field: string | undefined;
} {
  const parsed = parseSecretName(text);
  if (parsed === undefined || parsed.store !== undefined)
    throw new AppError('secret.invalid', { detail: 'the name is not a slug' });
  return parsed;
}

/** A field of what a remote store answered. Throws `secret.not_found`, or `secret.invalid` when it is not fit to be sent. */
export function pickField(values: ReadonlyMap<string, JsonValue>, field: string, name: string): string {
  const value = values.get(field);
  if (value === undefined)
    throw new AppError('secret.not_found', { detail: `${name} has no field ${field}` });
  if (typeof value !== 'string')
    throw new AppError('secret.invalid', { detail: `the field ${field} of ${name} is not text` });
  requireSecretValue(value);
  return value;
}
