import { isUtf8 } from 'node:buffer';
import { AppError } from '@countersign/api';

/** The form a client sent to one of our OAuth endpoints, hostile; each parameter read says whether it may be repeated. */
export interface TokenParameters {
  /** The one value, or undefined. Throws `token.request_invalid` when it is repeated. */
  take(name: string): string | undefined;
  /** Like `take`, but throws `token.request_invalid` when it is missing. */
  require(name: string): string;
  /** All values, of the few parameters that may be repeated (RFC 8707 §2, RFC 8693 §2.1). */
  all(name: string): readonly string[];
}

export const maxBodyBytes = 16_384;
const maxParameters = 32;

/**
 * Reads an `application/x-www-form-urlencoded` body. Parameters without a value count as absent (RFC 6749 §3.2). Throws
 * `token.request_invalid`.
 */
export function readTokenParameters(body: Uint8Array): TokenParameters {
  if (body.length > maxBodyBytes || !isUtf8(body)) throw refuse('body');
  const parameters = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(Buffer.from(body).toString('utf8'))) {
    if (++count > maxParameters) throw refuse('too many parameters');
    if (value === '') continue;
    const values = parameters.get(name);
    if (values) values.push(value);
    else parameters.set(name, [value]);
  }
  const take = (name: string): string | undefined => {
    const [value, ...repeated] = parameters.get(name) ?? [];
    if (repeated.length > 0) throw refuse(`${name} is repeated`);
    return value;
  };
  return {
    take,
    require(name) {
      const value = take(name);
      if (value === undefined) throw refuse(`${name} is missing`);
      return value;
    },
    all: (name) => parameters.get(name) ?? [],
  };
}

function refuse(detail: string): AppError {
  return new AppError('token.request_invalid', { detail });
}
