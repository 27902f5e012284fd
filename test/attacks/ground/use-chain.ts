import type { EnrolledAgent } from '@countersign/testkit';
import { beforeAll } from 'vitest';
import { enrolHelper, type Helper } from '../../scenarios/ground/enrol-chain.ts';
import { type Ground, type GroundOptions, useGround } from './use-ground.ts';

export interface ChainGround extends Ground {
  /** Holds a person's delegation, which may be passed on three steps deep. */
  readonly giver: EnrolledAgent;
  /** Has a part of it, and a token of a task that works for the giver's. */
  readonly helper: Helper;
  /** Registered here, with a person's delegation of its own; a helper of nobody. */
  readonly thief: EnrolledAgent;
}

/** Both gateways; at ours, an agent that has passed a part of its authority on, and one that has nothing to do with them. */
export function useChain(options: GroundOptions<ChainGround['here']['upstream']> = {}): () => ChainGround {
  const ground = useGround(options);
  let chain: ChainGround | undefined;
  beforeAll(async () => {
    const { gateway } = ground().here;
    const giver = await gateway.enrol({ limits: { depth: 3, calls: 50, effects: ['read'] } });
    const helper = await enrolHelper(gateway, giver, { name: 'helper', limits: { depth: 1 } });
    chain = { ...ground(), giver, helper, thief: await gateway.enrol({ limits: { depth: 1 } }) };
  }, 60_000);
  return () => {
    if (chain === undefined) throw new Error('the chain is not there yet');
    return chain;
  };
}
