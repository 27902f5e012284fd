/** What a token is bound to (RFC 7800 `cnf`), decided by how the request that got it proved possession. */
export type TokenBinding =
  /** RFC 9449 §6: thumbprint of the DPoP key. */
  | { readonly kind: 'dpop'; readonly jkt: string }
  /** RFC 8705 §3: SHA-256 of the client certificate, base64url. */
  | { readonly kind: 'mtls'; readonly x5t: string }
  /** The credential of a hook: worth answers, and nothing goes out for it. */
  | { readonly kind: 'hook'; readonly point: string }
  /** A bearer token; only interactive clients that cannot prove possession get one. */
  | { readonly kind: 'none' };

/** How records, approvals and limits name what proved possession; the same for every token with the same binding. */
export function nameBinding(binding: TokenBinding): string {
  switch (binding.kind) {
    case 'dpop':
      return binding.jkt;
    case 'mtls':
      return `x5t:${binding.x5t}`;
    case 'hook':
      return binding.point;
    case 'none':
      return 'unbound';
  }
}
