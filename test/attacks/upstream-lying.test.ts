import { LIE_NAMES, startLyingUpstream } from '@countersign/testkit';
import { describe } from 'vitest';
import { describeAttack } from './ground/describe-attack.ts';

const elsewhere = new Set(['a request of its own', 'a made-up approval']);

describe.each(LIE_NAMES.filter((lie) => !elsewhere.has(lie)))('%s', (lie) => {
  describeAttack({
    id: 'upstream.lying',
    upstream: () => startLyingUpstream({ lie }),
    attack: (side) => side.call('echo', { text: 'hi' }),
    works: ({ status, body }) => body.includes('a lie') || (status < 300 && !body.includes('countersign')),
    refusal: 'upstream.lied',
    reachesHere: 1,
    record: 'action.outcome',
  });
});
