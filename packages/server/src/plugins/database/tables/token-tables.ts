import type { Fixed, Json } from './column.ts';

/** Keys that sign tokens, and what has become of tokens. */
export interface TokenTables {
  server_keys: {
    kid: Fixed<string>;
    use: Fixed<'token' | 'ledger' | `ledger-${number}` | 'policy' | 'receipt' | 'event'>;
    alg: Fixed<'ES256' | 'EdDSA' | 'RS256'>;
    public_jwk: Fixed<Json>;
    /** Private JWK sealed with the master key. */
    sealed_private: Fixed<string>;
    created_at: Fixed<number>;
    /** From then on it no longer signs; it stays in the JWKS until `removed_at`. */
    retired_at: number | null;
    removed_at: number | null;
  };
  /** Tokens revoked before they expired. */
  token_revocations: {
    jti: Fixed<string>;
    agent_id: Fixed<string>;
    /** When the token would have expired by itself, and the row means nothing any more. */
    expires_at: Fixed<number>;
    revoked_at: Fixed<number>;
    by: Fixed<string>;
  };
  /** What may be used once wherever it is shown, until nobody would take it any more. */
  used_once: { digest: Fixed<string>; expires_at: Fixed<number> };
  /** Callers of the introspection endpoint that have no key of their own. */
  introspection_clients: {
    name: Fixed<string>;
    /** SHA-256 of its token, which is shown once. */
    token_digest: Fixed<string>;
    /** Names of the upstreams whose tokens it may ask about, or `"*"`. */
    upstreams: Fixed<Json>;
    created_at: Fixed<number>;
    created_by: Fixed<string>;
  };
}
