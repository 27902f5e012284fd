import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'delegation.revoked',
  attack: {
    naive: (side) => side.call('echo', { text: 'hi' }),
    async here(side) {
      await side.gateway.operator('POST', `/v1/delegations/${side.enrolled.delegation}/revoke`);
      return side.call('echo', { text: 'hi' });
    },
  },
  // Revoking a delegation ends the tasks under it.
  refusal: 'task.not_open',
});
