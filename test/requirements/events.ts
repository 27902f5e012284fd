import { behaviour, type Requirement } from './requirement.ts';

/** What is promised of security events, in and out, and of what they say of people. */
export const eventBehaviours: readonly Requirement[] = [
  behaviour(
    'signal.risk-bites',
    'test/scenarios/risen-risk.test.ts',
    'The risk of a person counts on the next call of their agents, and an approval given before suffices only if it still would.',
  ),
  behaviour(
    'signal.events-both-ways',
    'test/scenarios/security-events.test.ts',
    'A signed event of a trusted issuer stops the agents of whoever left, and receivers hear of both, signed.',
  ),
];
