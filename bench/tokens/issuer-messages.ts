import type { JsonWebKey } from 'node:crypto';

/** What the bench asks of an issuer process, and the answers. */
export type IssuerRequest =
  | { readonly kind: 'prepare'; readonly upstreamPort: number }
  | { readonly kind: 'enrol'; readonly jwks: readonly JsonWebKey[] }
  | { readonly kind: 'nonce' }
  /** A new chain of delegations and tokens to exchange. */
  | { readonly kind: 'chains' }
  /** The signatures of so many issues and nothing else. */
  | { readonly kind: 'limit'; readonly count: number };

export interface EnrolAnswer {
  readonly issuer: string;
  /** The resource that tokens are asked for. */
  readonly resource: string;
  /** In the order of the keys. */
  readonly agents: readonly { readonly id: string; readonly taskId: string }[];
}

export interface ChainAnswer {
  readonly subjects: readonly {
    /** Of the chain that the token got by exchange has. */
    readonly depth: number;
    /** Which agent exchanges it, in the order of the keys. */
    readonly client: number;
    readonly token: string;
  }[];
}

export interface LimitAnswer {
  readonly seconds: number;
}
