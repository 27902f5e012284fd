import type { AppError } from '@countersign/api';
import { toOAuthError } from '../oauth-error.ts';

/** Where an answer goes: a redirect URI of the client, checked before. */
export interface ResponseTarget {
  readonly redirectUri: string;
  readonly state: string | null;
}

/** RFC 6749 §4.1.2, with `iss` so that a client which talks to many servers cannot mix them up (RFC 9207). */
export function buildCodeResponse(target: ResponseTarget, issuer: string, code: string): string {
  return build(target, issuer, [['code', code]]);
}

/** What is called otherwise here than at the token endpoint. */
const ownNames = new Map<string, string>([
  ['agent.not_active', 'access_denied'],
  ['person.forbidden', 'access_denied'],
]);

/** RFC 6749 §4.1.2.1 with RFC 9207 §2. */
export function buildErrorResponse(target: ResponseTarget, issuer: string, error: AppError): string {
  const { error: name, error_description: description } = toOAuthError(error).body;
  const standard = ownNames.get(error.code) ?? name;
  return build(target, issuer, [
    ['error', standard],
    ['error_description', description],
  ]);
}

function build(
  { redirectUri, state }: ResponseTarget,
  issuer: string,
  members: readonly (readonly [string, string])[],
): string {
  // Appended as text, so that what the client registered stays as it is; it may not name our members itself.
  const added = new URLSearchParams();
  for (const [name, value] of members) added.append(name, value);
  if (state !== null) added.append('state', state);
  added.append('iss', issuer);
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${added}`;
}
