import { CountersignError } from './countersign-error.ts';

export interface Confirming {
  readonly issuer: string;
  readonly confirm: string;
  readonly fetch: typeof fetch;
}

const patienceMilliseconds = 600;

/**
 * Asks the issuer whether the token is good this very moment (RFC 7662). Throws `token.revoked`, and `token.status_unknown`
 * where it gives no answer: never an answer from an older one.
 */
export async function confirmActive(
  token: string,
  { issuer, confirm, fetch: send }: Confirming,
): Promise<void> {
  let active: unknown;
  try {
    const response = await send(`${new URL(issuer).origin}/oauth/introspect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${confirm}` },
      body: new URLSearchParams({ token }),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    active = ((await response.json()) as { active?: unknown }).active;
  } catch (cause) {
    const error = new CountersignError('token.status_unknown', 'the issuer did not say', 503);
    error.cause = cause;
    throw error;
  }
  if (active !== true) throw new CountersignError('token.revoked', 'the token was revoked or stopped', 401);
}
