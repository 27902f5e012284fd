import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'task.ended',
  attack: {
    naive: (side) => side.call('echo', { text: 'hi' }),
    async here(side) {
      await side.agent.endTask(side.enrolled.task);
      return side.call('echo', { text: 'hi' });
    },
  },
  refusal: 'task.not_open',
});
