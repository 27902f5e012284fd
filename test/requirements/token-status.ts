import { behaviour } from './requirement.ts';

const certificates = 'test/scenarios/certificate-bound.test.ts';

const verifier = 'test/scenarios/token-verifier.test.ts';
const revocation = 'test/scenarios/revoked-authority.test.ts';

/** Proof of possession by connection, and what becomes of tokens. */
export const tokenStatus = [
  behaviour(
    'token.certificate-bound',
    certificates,
    'An agent proves possession once a TLS connection, and its token is good with that certificate only, until its key ends.',
  ),
  behaviour(
    'token.certificate-of-another-agent',
    certificates,
    'Neither another agent nor whoever makes a certificate in an agent’s name authenticates as it.',
  ),
  behaviour(
    'token.on-another-connection',
    certificates,
    'A certificate-bound token is worth nothing on a connection with another certificate or with none.',
  ),
  behaviour(
    'token.client-cert-header',
    certificates,
    'A Client-Cert header from anyone but a listed proxy is no certificate.',
  ),
  behaviour(
    'token.bearer-downgrade',
    certificates,
    'A DPoP-bound token is refused as a bearer token, also over a connection with a certificate.',
  ),
  behaviour(
    'server.renewed-certificate',
    certificates,
    'A renewed server certificate is shown without a restart, and half a file changes nothing.',
  ),
  behaviour(
    'token.revoked-at-once',
    revocation,
    'Ending a token, delegation, task, agent, key or person cuts the calls in flight under it and lets no other out.',
  ),
  behaviour(
    'token.revoked-after-restart',
    revocation,
    'What was ended before a restart is refused after it; what was not goes on.',
  ),
  behaviour(
    'token.verified-by-callee',
    verifier,
    'A service that agents call learns from a token alone who calls, for whom, under which chain and for which task.',
  ),
  behaviour(
    'token.status-fails-closed',
    verifier,
    'With the status list out of reach, old or forged, no token older than its status freshness is believed.',
  ),
  behaviour(
    'token.unbound-capped',
    'test/scenarios/unbound-token.test.ts',
    'A token that proves no possession reads, and does nothing else before a person approved exactly that, once.',
  ),
  behaviour(
    'token.status-by-unmodified-client',
    'test/conformance/openid-status.test.ts',
    'openid-client asks about its tokens and ends them; a caller without a key learns of tokens for what it guards only.',
  ),
  behaviour(
    'token.lost-store',
    'test/postgres/lost-status.test.ts',
    'With the store cut off nothing goes out, no token older than its status freshness is honoured, and all goes on after.',
  ),
];
