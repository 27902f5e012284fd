import { POLICY_MODES } from '@countersign/core';
import { z } from 'zod';
import { type LedgerSource, readBackwards } from '../../ledger/index.ts';
import type { PolicyModes } from '../modes/read-modes.ts';

const switched = z.object({ policy: z.string(), from: z.enum(POLICY_MODES) });

/** The modes as they were at a time: every switch since is taken back, the newest first. */
export async function findModesThen(store: LedgerSource, now: PolicyModes, at: number): Promise<PolicyModes> {
  const modes = new Map(now);
  for await (const { items } of readBackwards(store, { kinds: ['policy.mode_switched'], from: at })) {
    for (const { body } of items) {
      const change = switched.safeParse(body);
      if (change.success) modes.set(change.data.policy, change.data.from);
    }
  }
  return modes;
}
