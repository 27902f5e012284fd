import { startHungUpstream } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'upstream.hung',
  upstream: () => startHungUpstream(),
  timeoutSeconds: 1,
  attack: (side) => side.call('echo', { text: 'hi' }, { patienceMilliseconds: 5_000 }),
  works: ({ status }) => status === 0,
  refusal: 'upstream.timed_out',
  reachesHere: 1,
  record: 'action.outcome',
});
