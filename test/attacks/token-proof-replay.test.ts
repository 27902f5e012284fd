import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'token.proof-replay',
  async attack(side) {
    await side.call('echo', { text: 'a first call, for a fresh nonce' });
    const proof = await side.agent.proof({ url: side.url, token: side.token });
    await side.call('echo', { text: 'mine' }, { proofs: [proof] });
    return side.call('echo', { text: 'replayed' }, { proofs: [proof] });
  },
  refusal: 'token.proof_replayed',
  reaches: 3,
  reachesHere: 2,
  record: null,
});
