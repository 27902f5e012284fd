import { CountersignError } from './countersign-error.ts';
import type { Token, TokenClient } from './token-client.ts';

/** Whom an agent asks, and how. */
export interface AskOptions {
  /** Id (`per_…`) or e-mail of the person. */
  readonly person: string;
  /** At most 140 plain characters, shown to the person as the agent's own words. */
  readonly message?: string;
  /** How long the person has to decide: 30 to 900 seconds, 300 when left out. */
  readonly seconds?: number;
}

export interface AuthorityWish extends AskOptions {
  readonly purpose: string;
  /** Limits of a delegation, as `POST /v1/delegations` takes them; the person may give less. */
  readonly limits: Readonly<Record<string, unknown>>;
}

export interface CallWish extends AskOptions {
  readonly upstream: string;
  readonly tool: string;
  /** Exactly as they will be sent. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The agent's default delegation when absent. */
  readonly delegationId?: string;
}

/** A request that a person has before them. */
export interface Ask<Answer> {
  /** The page where they decide. */
  readonly link: string;
  /** Two digits that they see there: show them where the agent is. */
  readonly matchCode: string;
  /** Epoch milliseconds; then it is refused. */
  readonly expiresAt: number;
  /**
   * Waits for the answer, no more often than the server allows. Throws `CountersignError`: `token.ask_denied` with the
   * person's reason, `token.ask_expired`; and the signal's reason.
   */
  wait(signal?: AbortSignal): Promise<Answer>;
}

interface Answered {
  readonly token: Token;
  /** `tsk_…` */
  readonly task: string;
}

type Fetched = Readonly<Record<string, unknown>> & {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly authorization_details: readonly { readonly type: string; readonly task?: string }[];
};

const grantType = 'urn:openid:params:grant-type:ciba';
const slowerBySeconds = 5;

/** Makes the request (OpenID CIBA §7) and knows how to fetch its answer (§10.1). */
export async function beginAsk<Answer>(
  client: TokenClient,
  wish: AskOptions & { readonly details: object },
  use: (answered: Answered) => Promise<Answer>,
): Promise<Ask<Answer>> {
  const { person, message, seconds, details } = wish;
  const asked = await client.post('/oauth/backchannel', {
    scope: 'openid',
    login_hint: person,
    authorization_details: JSON.stringify([details]),
    ...(message === undefined ? {} : { binding_message: message }),
    ...(seconds === undefined ? {} : { requested_expiry: String(seconds) }),
  });
  const authReqId = String(asked.auth_req_id);
  return {
    link: String(asked.approval_uri),
    matchCode: String(asked.match_code),
    expiresAt: Date.now() + Number(asked.expires_in) * 1000,
    async wait(signal) {
      const fields = { grant_type: grantType, auth_req_id: authReqId };
      for (let interval = Number(asked.interval); ; ) {
        try {
          return await use(readAnswer((await client.post('/oauth/token', fields, signal)) as Fetched));
        } catch (thrown) {
          const code = thrown instanceof CountersignError ? thrown.code : '';
          if (code === 'token.slow_down') interval += slowerBySeconds;
          else if (code !== 'token.authorization_pending') throw thrown;
        }
        await pause(interval * 1000, signal);
      }
    },
  };
}

function readAnswer(fetched: Fetched): Answered {
  const type = fetched.token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
  const task = fetched.authorization_details.find((one) => one.type === 'agent_task')?.task;
  if (task === undefined) throw new TypeError('the answer names no task');
  // It cannot be renewed, so it is used as long as it lives.
  const token = { value: fetched.access_token, type, freshUntil: Number.POSITIVE_INFINITY } as const;
  return { token, task };
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
