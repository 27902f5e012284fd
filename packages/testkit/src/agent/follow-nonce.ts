import type { HttpReply } from './send-http.ts';

/** Makes an attempt, keeps the nonce that comes with the reply, and tries once more when one was demanded. */
export async function followNonce(
  attempt: () => Promise<HttpReply>,
  remember: (nonce: string) => void,
  isLast = false,
): Promise<HttpReply> {
  const reply = await attempt();
  const given = reply.headers['dpop-nonce'];
  if (given !== undefined) remember(given);
  return demandsNonce(reply) && !isLast ? followNonce(attempt, remember, true) : reply;
}

function demandsNonce({ status, headers, json }: HttpReply): boolean {
  if (status !== 400 && status !== 401) return false;
  const error = (json as { error?: unknown } | undefined)?.error;
  return error === 'use_dpop_nonce' || (headers['www-authenticate'] ?? '').includes('use_dpop_nonce');
}
