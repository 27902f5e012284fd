import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'token.expired',
  attack(side) {
    side.later(301_000);
    return side.call('echo', { text: 'hi' });
  },
  refusal: 'token.expired',
  record: null,
});
