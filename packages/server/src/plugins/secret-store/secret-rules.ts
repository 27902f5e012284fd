import { AppError } from '@countersign/api';

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
