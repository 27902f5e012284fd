import { EFFECTS, NO_OBLIGATIONS } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../config/index.ts';
import { capUnbound } from './cap-unbound.ts';
import type { Ruling } from './stages.ts';

const configOf = (unbound: 'cap' | 'refuse' | 'policy') => configSchema.parse({ tokens: { unbound } });
const allow: Ruling = {
  ...{ effect: 'allow', by: 'policy', policyIds: ['all'], reasons: [], requirement: null },
  ...{ permits: ['all'], observed: [], notices: [] },
  obligations: NO_OBLIGATIONS,
};

describe('an unbound token', () => {
  it('reads as policy allows', () => {
    expect(capUnbound(configOf('cap'), { binding: 'none', effects: ['read'] }, allow)).toEqual(allow);
  });

  it.each(EFFECTS.filter((effect) => effect !== 'read'))('needs a person for %s', (effect) => {
    const capped = capUnbound(configOf('cap'), { binding: 'none', effects: ['read', effect] }, allow);
    expect(capped).toMatchObject({
      ...{ effect: 'step_up', by: 'binding', policyIds: ['all'] },
      reasons: [{ code: 'token_unbound', detail: effect }],
      requirement: { method: 'passkey', quorum: 1, approvers: ['owner', 'requester', 'role:approver'] },
    });
  });

  it('is not what a hook shows: nothing goes out for it', () => {
    expect(capUnbound(configOf('cap'), { binding: 'hook', effects: ['write'] }, allow)).toEqual(allow);
  });

  it('is left to policy where the house says so, and a deny stays a deny', () => {
    const request = { binding: 'none', effects: ['spend'] } as const;
    expect(capUnbound(configOf('policy'), request, allow)).toEqual(allow);
    const deny: Ruling = { ...allow, effect: 'deny' };
    expect(capUnbound(configOf('cap'), request, deny)).toEqual(deny);
  });

  it.each(['dpop', 'mtls'] as const)('is not what %s makes', (binding) => {
    expect(capUnbound(configOf('cap'), { binding, effects: ['spend'] }, allow)).toEqual(allow);
  });
});
