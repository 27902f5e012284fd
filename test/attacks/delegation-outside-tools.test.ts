import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'delegation.outside-tools',
  limits: { actions: ['shop/echo'] },
  attack: (side) => side.call('pay', { to: 'DE00', amount: 1, currency: 'EUR' }),
  refusal: 'action.not_in_limits',
  record: 'action.decision',
});
