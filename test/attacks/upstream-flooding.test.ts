import { startFloodingUpstream } from '@countersign/testkit';
import { describe } from 'vitest';
import { describeAttack } from './ground/describe-attack.ts';

const MEGABYTE = 1024 * 1024;

describe.each(['endless body', 'endless events', 'endless line'] as const)('%s', (flood) => {
  describeAttack({
    id: 'upstream.flooding',
    upstream: () => startFloodingUpstream({ flood }),
    maxResultBytes: MEGABYTE,
    attack: (side) => side.call('echo', { text: 'hi' }, { maxBytes: 16 * MEGABYTE }),
    works: ({ body }) => body.length > 16 * MEGABYTE,
    refusal: 'upstream.result_too_large',
    reachesHere: 1,
    record: 'action.outcome',
  });
});
