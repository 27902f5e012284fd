/** Signatures of others that are looked at (RFC 7518). Asymmetric ones alone: a public key must never do as a secret (RFC 8725 §3.1). */
export const asymmetricAlgorithms: string[] = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
