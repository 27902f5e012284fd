import { behaviour, type Requirement } from './requirement.ts';

const attacks = 'test/scenarios/asked-attacks.test.ts';

/** What is promised of agents that ask people ahead (OpenID CIBA). */
export const asking: readonly Requirement[] = [
  behaviour(
    'token.asked-authority',
    'test/scenarios/asked-authority.test.ts',
    'An agent without a session asks a person for authority, and gets exactly what that person signed.',
  ),
  behaviour(
    'token.asked-call',
    'test/scenarios/asked-call.test.ts',
    'The token of a call that was asked for ahead is good for that call, once, and decided again when it comes.',
  ),
  behaviour(
    'token.ask-ping',
    'test/scenarios/asked-ping.test.ts',
    'An agent is told at its registered address that an answer is there, and nowhere else.',
  ),
  behaviour(
    'token.ask-bound',
    attacks,
    'What a person gave is fetched once, by the client that asked, with the key it asked with.',
  ),
  behaviour(
    'token.ask-form',
    attacks,
    'A request that is malformed, misleading, or for more than any person may give is refused by the standard code.',
  ),
  behaviour(
    'token.ask-signed',
    attacks,
    'A person gives less than was asked or what was asked, never more, and only what their passkey signed.',
  ),
  behaviour(
    'token.ask-ends',
    attacks,
    'A request outlives a restart, and ends for good with its deadline, a denial, its agent or its person.',
  ),
  behaviour(
    'token.ask-measure',
    attacks,
    'No agent wears people out, hides what others ask, or finds out who is here by asking.',
  ),
  behaviour(
    'token.ask-unmodified-client',
    'test/conformance/openid-client-ciba.test.ts',
    'openid-client asks, waits by poll and ping, and fetches the token, unmodified.',
  ),
  behaviour(
    'token.ask-sdk',
    'test/scenarios/asked-sdk.test.ts',
    'The SDK asks a person for authority or for one call, waits without haste, and uses what it got.',
  ),
  behaviour(
    'token.ask-command-line',
    'test/scenarios/asked-cli.test.ts',
    'Agents ask, wait and call from the command line, and it sets where they are told.',
  ),
  behaviour(
    'approval.authority-page',
    'test/browser/ask-authority.test.ts',
    'A person reads every limit of what an agent asks for, gives less, and signs it with a passkey on a phone.',
  ),
];
