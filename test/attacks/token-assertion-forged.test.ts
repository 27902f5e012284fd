import { type ClientAssertionInput, makeClientAssertion } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';
import { issuesToken } from './ground/issues-token.ts';

describeAttack<ClientAssertionInput['forge']>({
  id: 'token.assertion-forged',
  variants: {
    'no expiry': { claims: { exp: undefined } },
    'an expiry in a year': { claims: { exp: Math.floor(Date.now() / 1000) + 31_536_000 } },
    'no identifier': { claims: { jti: undefined } },
    'another type of JWT': { header: { typ: 'at+jwt' } },
    'an issuer that is not its subject': { claims: { iss: 'agt_someone_else' } },
  },
  async attack(side, forge) {
    const { key, agentId } = side.agent;
    const input = { key, clientId: agentId, audience: side.issuer };
    return side.requestToken(await makeClientAssertion({ ...input, ...(forge && { forge }) }));
  },
  works: issuesToken,
  refusal: 'token.client_assertion_invalid',
  reaches: 0,
  record: 'token.refused',
});
