import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { refuse, requireText, verifyPlatformJwt } from '../verify-platform-jwt.ts';
import type { WorkloadAttestor } from '../workload-attestor.ts';

export interface SpiffeOptions {
  readonly name: string;
  /** Without `spiffe://`. */
  readonly trustDomain: string;
  readonly keys: JWTVerifyGetKey;
  readonly audience: string;
  readonly clockSkewSeconds: number;
  now(): number;
}

/** SPIFFE JWT-SVID §3: these and no others. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'];
const longestSeconds = 86_400;
/** SPIFFE-ID §2.2, with at least one segment: a trust domain is no workload. */
const path = /^(?:\/[A-Za-z0-9._-]+)+$/;

/** SPIFFE JWT-SVIDs of one trust domain; the domain of `sub` decides, never `iss` (JWT-SVID §4). */
export function createSpiffeAttestor(options: SpiffeOptions): WorkloadAttestor {
  const prefix = `spiffe://${options.trustDomain}`;
  return {
    name: options.name,
    kind: 'spiffe',
    recognises: ({ subject }) => subject?.startsWith(`${prefix}/`) === true,
    async attest(assertion) {
      const claims = await verifyPlatformJwt(assertion, {
        ...options,
        algorithms,
        types: ['JWT', 'JOSE'],
        longestSeconds,
      });
      const subject = requireText(claims.sub);
      if (!isWorkloadOf(subject, prefix)) throw refuse();
      return {
        subject,
        facts: { trust_domain: options.trustDomain },
        expiresAt: (claims.exp ?? 0) * 1000,
        isSingleUse: false,
      };
    },
  };
}

function isWorkloadOf(subject: string, prefix: string): boolean {
  if (!subject.startsWith(prefix) || subject.length > 2048) return false;
  const rest = subject.slice(prefix.length);
  return path.test(rest) && rest.split('/').every((segment) => segment !== '.' && segment !== '..');
}

/** A bundle also holds keys for X.509; only those marked for JWT-SVIDs may verify one (SPIFFE Trust Domain and Bundle §4.2.2). */
export function pickSvidKeys(bundle: JSONWebKeySet): JSONWebKeySet {
  // The mark has done its work; `jose` knows only `sig` and `enc`.
  const keys = bundle.keys.filter((key) => key.use === 'jwt-svid').map(({ use: _use, ...key }) => key);
  return { keys };
}
