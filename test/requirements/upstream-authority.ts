import { behaviour, type Requirement } from './requirement.ts';

/** Credentials towards upstreams: a person's own, and those made for one task. */
export const upstreamAuthority: readonly Requirement[] = [
  behaviour(
    'upstream.connected-account',
    'test/scenarios/connected-account.test.ts',
    "A call goes upstream with the account of the person at the root of its task's chain, refreshed by one at a time, and with nobody's once the connection, the person or the upstream has ended.",
  ),
  behaviour(
    'upstream.connection-attacks',
    'test/scenarios/connection-attacks.test.ts',
    "An account is connected only by the person it becomes, in the session that began, by the issuer that was asked; nobody's token is lent, replaced or sent elsewhere.",
  ),
  behaviour(
    'upstream.minted-credential',
    'test/scenarios/minted-credential.test.ts',
    'A credential that is made for one task is narrowed, used by that task alone, recorded without its value, kept out of results and ended with the task.',
  ),
  behaviour(
    'upstream.connection-asked',
    'test/scenarios/connection-asked.test.ts',
    'A client that can open pages is asked to show its person where to connect, once, and its call goes on; any other reads it in words.',
  ),
  behaviour(
    'upstream.connect-page',
    'test/browser/connect-page.test.ts',
    'The page says whose account goes where before anybody is sent away, and a real browser comes back from another site signed in.',
  ),
];
