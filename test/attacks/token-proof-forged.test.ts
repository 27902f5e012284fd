import { type DpopForgery, makeAgentKey } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

const other = await makeAgentKey();
const rsa = await makeAgentKey('RS256');
const secret = new TextEncoder().encode('a secret that both sides would have to know');

describeAttack<DpopForgery>({
  id: 'token.proof-forged',
  variants: {
    'a broken signature': { breakSignature: true },
    unsigned: { header: { alg: 'none' } },
    'signed by a key it does not show': { signWith: other.privateKey },
    'the private key in its header': { header: { jwk: other.privateJwk }, signWith: other.privateKey },
    'an HMAC': { header: { alg: 'HS256' }, signWith: secret },
    'a symmetric key in its header': {
      header: { alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } },
      signWith: secret,
    },
    'another kind of key': { header: { alg: 'RS256', jwk: rsa.publicJwk }, signWith: rsa.privateKey },
    'another type of JWT': { header: { typ: 'JWT' } },
    'a key from a URL': { header: { jku: 'http://127.0.0.1:9/keys' } },
    'a critical extension nobody knows': { header: { crit: ['b64'], b64: true } },
    'no identifier': { claims: { jti: undefined } },
    'an identifier without end': { claims: { jti: 'j'.repeat(3000) } },
  },
  attack: (side, forgeProof) => side.call('echo', { text: 'hi' }, { forgeProof }),
  refusal: 'token.proof_invalid',
  record: null,
});
