import { LIE_NAMES, startLyingUpstream } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

const elsewhere = new Set(['a request of its own', 'a made-up approval']);
const lies = LIE_NAMES.filter((lie) => !elsewhere.has(lie));

describeAttack<string>({
  id: 'upstream.lying',
  upstream: () => startLyingUpstream(),
  variants: Object.fromEntries(lies.map((lie) => [lie, lie])),
  attack: (side, text) => side.call('echo', { text }),
  works: ({ status, body }) => body.includes('a lie') || (status < 300 && !body.includes('countersign')),
  refusal: 'upstream.lied',
  reachesHere: 1,
  record: 'action.outcome',
});
