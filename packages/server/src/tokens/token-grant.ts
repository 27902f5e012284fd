import type { Context } from '../context.ts';
import type { StandsOn } from '../signals/index.ts';
import type { AuthenticatedClient } from './authenticate-client.ts';
import type { TokenBinding } from './token-binding.ts';
import type { Actor, AuthorizationDetails } from './token-claims.ts';
import type { TokenParameters } from './token-parameters.ts';

/** A token request whose client, and whose possession of the key its token will be bound to, are proven. */
export interface GrantRequest {
  readonly client: AuthenticatedClient;
  readonly binding: TokenBinding;
  readonly parameters: TokenParameters;
}

/** What a client may have a token for. */
export interface TokenGrant {
  /** The agent that will use the token. */
  readonly agentId: string;
  /** RFC 9068 `sub`: whose authority it is; the agent itself unless it acts for another subject. */
  readonly subject: string;
  /** RFC 8693 §4.1: who acts for that subject, the newest outermost. */
  readonly act?: Actor;
  /** The only agent that may exchange the token. */
  readonly mayAct?: string;
  /** Null for a control token. */
  readonly task: string | null;
  /** The one call it is good for, by its digest; any call of the task when absent. */
  readonly call?: string;
  readonly scope?: string;
  readonly authorizationDetails?: readonly AuthorizationDetails[];
  readonly chain: readonly string[];
  /** What its authority came through, for stops to reach it; absent when nothing. */
  readonly through?: StandsOn;
  readonly audience: readonly string[];
  /** Epoch milliseconds after which no token may last, because task or delegation do not. */
  readonly notAfter: number;
  /** When another than `tokens.lifetimeSeconds` applies. */
  readonly lifetimeSeconds?: number;
  /** More for the record of its issue. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** More members of the token response, such as `refresh_token` or `issued_token_type`. */
  readonly response?: Readonly<Record<string, unknown>>;
  /** Records it follows from: the task's opening, the agent's registration, a consent. */
  readonly causes: readonly string[];
}

/** One grant type of the token endpoint. */
export interface Grant {
  /** The `grant_type` it answers to. */
  readonly type: string;
  /** Which clients may use it: agents prove themselves, interactive clients may be public. */
  readonly clients: 'agents' | 'interactive' | 'all';
  /** Checks the request and everything the token will rest on. Throws the refusal; issues nothing itself. */
  grant(context: Context, request: GrantRequest): Promise<TokenGrant>;
}
