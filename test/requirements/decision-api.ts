import { behaviour } from './requirement.ts';

/** Decisions for enforcement points of somebody else. */
export const decisionApi = [
  behaviour(
    'policy.authzen-certified',
    'test/conformance/authzen-certification.test.ts',
    'Every section of the AuthZEN 1.0 certification scenario holds: Basic, Batch, Search and Discovery.',
  ),
  behaviour(
    'policy.same-answer',
    'test/scenarios/same-answer.test.ts',
    'Every front door gives the same answer to the same question, with the same reasons and the same records.',
  ),
  behaviour(
    'approval.access-request',
    'test/scenarios/access-request.test.ts',
    'A denial that a person may lift goes to the people that policy names, and lets exactly that call happen once.',
  ),
  behaviour(
    'approval.access-request-attacked',
    'test/scenarios/access-request.test.ts',
    'A denial or approval of another question, another caller or another time is worth nothing, and none is used twice.',
  ),
  behaviour(
    'token.enforcement-point',
    'test/scenarios/decision-attacks.test.ts',
    'The token of an enforcement point is good for asking about what it was registered for, and no other token asks.',
  ),
  behaviour(
    'policy.question-attacked',
    'test/scenarios/decision-attacks.test.ts',
    'Questions about others, with unknown, ambiguous or endless parts are denied or refused, and tell nothing.',
  ),
  behaviour(
    'token.forwarded',
    'test/scenarios/decision-attacks.test.ts',
    'Forward-auth hears a known proxy alone, and takes the agent’s own proof for the original request alone.',
  ),
  behaviour(
    'policy.forward-auth-nginx',
    'test/conformance/forward-auth-nginx.test.ts',
    'nginx lets through what forward-auth allows, and nothing else.',
  ),
  behaviour(
    'policy.authzen-mapping',
    'test/scenarios/authzen-mapping.test.ts',
    'What an MCP server says its calls are about (AuthZEN COAZ-MCP) is decided too where that is on, and can only narrow.',
  ),
  behaviour(
    'policy.remembered-results',
    'test/scenarios/remembered-results.test.ts',
    'A mapping holds a call against what its own task has read before, and the call is refused where that is not known.',
  ),
];
