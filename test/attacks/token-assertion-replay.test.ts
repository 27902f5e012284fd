import { makeClientAssertion } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';
import { issuesToken } from './ground/issues-token.ts';

describeAttack({
  id: 'token.assertion-replay',
  async attack(side) {
    const { agent, issuer } = side;
    const assertion = await makeClientAssertion({
      key: agent.key,
      clientId: agent.agentId,
      audience: issuer,
    });
    await side.requestToken(assertion);
    return side.requestToken(assertion);
  },
  works: issuesToken,
  refusal: 'token.client_assertion_invalid',
  reaches: 0,
  record: 'token.refused',
});
