import type { DpopForgery } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

describeAttack<DpopForgery>({
  id: 'token.proof-for-another-token',
  variants: {
    'no hash, as for the token endpoint': { claims: { ath: undefined } },
    'the hash of another token': { claims: { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' } },
    'a list of hashes': { claims: { ath: [] } },
  },
  attack: (side, forgeProof) => side.call('echo', { text: 'hi' }, { forgeProof }),
  refusal: 'token.proof_invalid',
  record: null,
});
