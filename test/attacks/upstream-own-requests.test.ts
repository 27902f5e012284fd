import { startLyingUpstream } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'upstream.own-requests',
  upstream: () => startLyingUpstream({ lie: 'a request of its own' }),
  attack: (side) => side.call('echo', { text: 'hi' }),
  works: ({ body }) => body.includes('sampling/createMessage'),
  refusal: 'upstream.lied',
  reachesHere: 1,
  record: 'action.outcome',
});
