import { makeAgentKey } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';
import { forgeToken, type TokenForgery } from './ground/forge-token.ts';

const key = await makeAgentKey();
const jwk = key.publicJwk;
const publicAsSecret = new TextEncoder().encode(JSON.stringify(jwk));
const later = { exp: 9_999_999_999 };

describeAttack<TokenForgery>({
  id: 'token.forged',
  variants: {
    'unsigned, alg none': { header: { alg: 'none' }, sign: 'not' },
    'unsigned, alg as before': { sign: 'not' },
    'claims changed under the old signature': { claims: later, sign: 'as before' },
    'a public key taken for an HMAC secret': { header: { alg: 'HS256' }, sign: publicAsSecret },
    'signed with a key in its own header': {
      header: { alg: 'ES256', jwk, kid: undefined },
      sign: key.privateKey,
    },
    'a key from a URL in its header': {
      header: { alg: 'ES256', jku: 'http://127.0.0.1:9/keys', kid: 'mine' },
      sign: key.privateKey,
    },
    'a critical extension nobody knows': { header: { crit: ['x'], x: 1 }, sign: 'as before' },
  },
  attack: async (side, forgery) =>
    side.call('echo', { text: 'hi' }, { token: await forgeToken(side.token, forgery) }),
  refusal: 'token.invalid',
  record: null,
});
