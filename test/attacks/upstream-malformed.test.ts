import { MALFORMATIONS, startMalformedUpstream } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

describeAttack<string>({
  id: 'upstream.malformed',
  upstream: () => startMalformedUpstream(),
  variants: Object.fromEntries(MALFORMATIONS.map((body) => [body, body])),
  attack: (side, text) => side.call('echo', { text }),
  works: ({ status, body }) => status === 200 && !body.includes('countersign'),
  refusal: 'upstream.lied',
  reachesHere: 1,
  record: 'action.outcome',
});
