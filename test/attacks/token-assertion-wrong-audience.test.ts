import { makeClientAssertion } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';
import { issuesToken } from './ground/issues-token.ts';

describeAttack<(issuer: string) => string | string[]>({
  id: 'token.assertion-wrong-audience',
  variants: {
    'another server': () => 'https://other.example',
    'the token endpoint': (issuer) => `${issuer}/oauth/token`,
    'another server beside ours': (issuer) => [issuer, 'https://other.example'],
    'our name with a slash': (issuer) => `${issuer}/`,
  },
  async attack(side, audience) {
    const { key, agentId } = side.agent;
    return side.requestToken(
      await makeClientAssertion({ key, clientId: agentId, audience: audience(side.issuer) }),
    );
  },
  works: issuesToken,
  refusal: 'token.client_assertion_invalid',
  reaches: 0,
  record: 'token.refused',
});
