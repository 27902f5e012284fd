import { AppError } from '@countersign/api';

/**
 * Throws `person.origin_refused` unless a browser says that the request came from this console itself. A page on
 * another port of the same host is same-site and carries the cookie, so SameSite alone does not stop it.
 */
export function requireSameOrigin(headers: Headers, publicUrl: string): void {
  const from = headers.get('origin');
  if (from !== new URL(publicUrl).origin || headers.get('sec-fetch-site') !== 'same-origin') {
    throw new AppError('person.origin_refused');
  }
}

/** By RFC 9110 §9.2.1 these change nothing, and here no handler breaks that. */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
