import { MALFORMATIONS, startMalformedUpstream } from '@countersign/testkit';
import { describe } from 'vitest';
import { describeAttack } from './ground/describe-attack.ts';

describe.each(MALFORMATIONS)('%s', (body) => {
  describeAttack({
    id: 'upstream.malformed',
    upstream: () => startMalformedUpstream({ body }),
    attack: (side) => side.call('echo', { text: 'hi' }),
    works: ({ status, body: passedOn }) => status === 200 && !passedOn.includes('countersign'),
    refusal: 'upstream.lied',
    reachesHere: 1,
    record: 'action.outcome',
  });
});
