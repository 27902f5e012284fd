import type { JsonWebKey } from 'node:crypto';
import type { Preparation } from './prepare-gateway.ts';

/** What the bench asks of a gateway process, and the answers. */
export type GatewayRequest =
  | ({ readonly kind: 'prepare' } & Preparation)
  | { readonly kind: 'enrol'; readonly jwks: readonly JsonWebKey[] }
  | { readonly kind: 'sign' }
  /** An agent for each key, of a person who is active from then on; they call so many copies of the upstream in turn. */
  | {
      readonly kind: 'hire';
      readonly personId: string;
      readonly jwks: readonly JsonWebKey[];
      readonly upstreamPort: number;
      readonly upstreams: number;
    }
  | { readonly kind: 'nonce' }
  /** A token of the first agent that is bound to this certificate. */
  | { readonly kind: 'bind'; readonly x5t: string }
  | { readonly kind: 'observe'; readonly on: boolean };

export interface SignAnswer {
  /** The URL that proofs are made for. */
  readonly url: string;
  /** One for each agent, in the order of their keys. */
  readonly accessTokens: readonly string[];
  readonly delegations: readonly string[];
}

/** One for each agent, in the order of their keys. */
export interface HireAnswer {
  readonly agents: readonly { readonly url: string; readonly accessToken: string }[];
}

export interface BindAnswer {
  readonly accessToken: string;
  /** Where connections are encrypted and asked for certificates. */
  readonly port: number;
}

export interface NonceAnswer {
  readonly nonce: string;
}

/** Microseconds by step, one number for each observed call. */
export interface ObserveAnswer {
  readonly steps: Readonly<Record<string, readonly number[]>>;
}
