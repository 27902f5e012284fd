import type { HttpReply } from '@countersign/testkit';

/** Whether the token endpoint gave out a token. */
export function issuesToken({ status, json }: HttpReply): boolean {
  return status === 200 && typeof (json as { access_token?: unknown } | undefined)?.access_token === 'string';
}
