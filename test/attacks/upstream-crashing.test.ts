import { startCrashingUpstream } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'upstream.crashing',
  upstream: () => startCrashingUpstream({ after: 'half a body' }),
  attack: (side) => side.call('echo', { text: 'hi' }),
  works: ({ status }) => status === 0,
  refusal: 'upstream.failed',
  reachesHere: 1,
  record: 'action.outcome',
});
