import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'token.bearer-use',
  attack: (side) => side.call('echo', { text: 'stolen from a log' }, { scheme: 'Bearer' }),
  refusal: 'token.bearer_refused',
  record: null,
});
