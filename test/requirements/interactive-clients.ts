import { behaviour } from './requirement.ts';

const proof = (file: string) => `test/conformance/oauth-${file}.test.ts`;

/** What people and the applications they use can rely on, and what those who pose as them meet. */
export const interactiveClients = [
  behaviour(
    'token.authorization-redirect',
    proof('authorization-request'),
    'No answer goes to an address that the client did not register, however it is spelt, and nobody is led to a web address that nothing vouches for.',
  ),
  behaviour(
    'token.authorization-request',
    proof('authorization-request'),
    'Every malformed, downgraded or foreign authorization request is refused with the error its RFC names, and with the issuer.',
  ),
  behaviour(
    'token.authorization-strangers',
    proof('authorization-request'),
    'Nothing is fetched, stored or asked for somebody who has not signed in.',
  ),
  behaviour(
    'token.pushed-request',
    proof('authorization-request'),
    'A pushed request is its client’s, used once, within five minutes, whatever else the address says.',
  ),
  behaviour(
    'token.consent',
    proof('consent'),
    'A consent is exactly the delegation that was shown and signed; a new one replaces the earlier one.',
  ),
  behaviour(
    'token.consent-forged',
    proof('consent'),
    'No other site, person, session, passkey or challenge answers for the person, nothing is changed after it was signed, and nothing counts twice.',
  ),
  behaviour(
    'token.consent-windows',
    proof('consent'),
    'One window asks for a client at a time, and nobody is flooded.',
  ),
  behaviour(
    'token.code',
    proof('codes'),
    'A code is good once, for a minute, for its client, redirect URI, verifier and resource; a second use ends what the first got.',
  ),
  behaviour(
    'token.code-bound',
    proof('codes'),
    'What a client with a key got can be redeemed, used and refreshed with that key alone.',
  ),
  behaviour(
    'token.refresh',
    proof('refresh'),
    'A session goes on, over tasks and restarts, as long as its consent, and never for more.',
  ),
  behaviour(
    'token.refresh-leniency',
    proof('refresh'),
    'A client that loses an answer or refreshes twice within a minute goes on, and it is recorded.',
  ),
  behaviour(
    'token.refresh-replay',
    proof('refresh'),
    'A refresh token used again later ends the session; another client’s use gets nothing and ends nothing.',
  ),
  behaviour(
    'token.session-ended',
    proof('refresh'),
    'A session ends at once with its delegation, consent, agent, client, person, time, or when it is handed back.',
  ),
  behaviour(
    'token.registration',
    proof('registration'),
    'Dynamic registration is off unless switched on; then it is deduplicated, bounded, without secrets, and managed by its own token alone.',
  ),
  behaviour(
    'token.registered-client',
    proof('registration'),
    'Administrators alone register, list and remove clients; removing one ends all that it was allowed.',
  ),
  behaviour(
    'token.unmodified-code-client',
    proof('openid-client'),
    'openid-client gets, refreshes and uses tokens by code, PKCE and PAR, with and without DPoP.',
  ),
  behaviour(
    'mcp.unmodified-interactive-client',
    proof('mcp-client'),
    'The public MCP client connects with a URL only: metadata document, consent, DPoP or bearer, private_key_jwt, and a tool call.',
  ),
  behaviour(
    'mcp.authorization-suite',
    proof('mcp-suite'),
    'All authorization scenarios of the public MCP conformance suite pass, driven by a browser.',
  ),
  behaviour(
    'token.consent-page',
    'test/browser/consent-page.test.ts',
    'The consent page works with a passkey in a real browser, at 360 px, without barriers, inert at first, and shows a change before it can be signed.',
  ),
];
