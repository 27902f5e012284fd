import { makeAgentKey } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';
import { forgeToken, type TokenForgery } from './ground/forge-token.ts';

const { privateKey: sign } = await makeAgentKey();

describeAttack<TokenForgery>({
  id: 'token.foreign-issuer',
  variants: {
    'its own name and key': {
      header: { alg: 'ES256', kid: 'theirs' },
      claims: { iss: 'https://other.example' },
      sign,
    },
    'our name and its key': { header: { alg: 'ES256' }, sign },
  },
  attack: async (side, forgery) =>
    side.call('echo', { text: 'hi' }, { token: await forgeToken(side.token, forgery) }),
  refusal: 'token.invalid',
  record: null,
});
