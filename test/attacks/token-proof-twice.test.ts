import { describeAttack } from './ground/describe-attack.ts';

describeAttack<'proofs' | 'credentials'>({
  id: 'token.proof-twice',
  variants: { 'two proofs': 'proofs', 'two credentials': 'credentials' },
  async attack(side, what) {
    const proof = () => side.agent.proof({ url: side.url, token: side.token });
    if (what === 'proofs')
      return side.call('echo', { text: 'hi' }, { proofs: [await proof(), await proof()] });
    const authorization = [`DPoP ${side.token}`, `Bearer ${side.token}`];
    return side.call('echo', { text: 'hi' }, { headers: { authorization } });
  },
  refusal: { 'two proofs': 'token.proof_invalid', 'two credentials': 'token.invalid' },
  record: null,
});
