import { CountersignError } from './countersign-error.ts';
import type { TokenClient } from './token-client.ts';

/** How the task that helps is narrower than the one it helps with. */
export interface ExchangeWish {
  /** The only upstream that is needed; all those of the token when absent. */
  readonly upstream?: string;
  readonly purpose?: string;
  readonly ttlSeconds?: number;
  readonly limits?: Readonly<Record<string, unknown>>;
  /** Which delegation, when the other agent has passed several on. */
  readonly delegationId?: string;
}

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

/** The id of the task that an exchange (RFC 8693) opens. Throws `CountersignError`. */
export async function exchangeToken(
  client: TokenClient,
  subjectToken: string,
  wish: ExchangeWish,
): Promise<string> {
  const { upstream, delegationId, purpose, ttlSeconds, limits } = wish;
  const narrower = { delegation: delegationId, purpose, ttlSeconds, limits };
  const body = await client.post('/oauth/token', {
    grant_type: grantType,
    subject_token: subjectToken,
    subject_token_type: accessToken,
    authorization_details: JSON.stringify([{ type: 'agent_task', ...narrower }]),
    ...(upstream === undefined ? {} : { audience: upstream }),
  });
  const [details] = body.authorization_details as readonly { readonly task?: string }[];
  if (details?.task === undefined)
    throw new CountersignError('http.unexpected', 'the answer names no task', 200);
  return details.task;
}
