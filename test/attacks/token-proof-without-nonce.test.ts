import { describeAttack } from './ground/describe-attack.ts';

describeAttack<string | null>({
  id: 'token.proof-without-nonce',
  variants: { none: null, invented: 'bm9uY2U', empty: '', 'a very long one': 'n'.repeat(1000) },
  attack: (side, nonce) => side.call('echo', { text: 'hi' }, { nonce }),
  refusal: 'token.proof_nonce_needed',
  record: null,
});
