import { makeAgentKey } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

const proofKey = await makeAgentKey();

describeAttack({
  id: 'token.stolen',
  attack: (side) => side.call('echo', { text: 'hi' }, { proofKey }),
  refusal: 'token.proof_invalid',
  record: null,
});
