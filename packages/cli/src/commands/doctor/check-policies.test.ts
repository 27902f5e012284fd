import { describe, expect, it } from 'vitest';
import type { BundleFacts } from '../policies/bundle.ts';
import { listFindings } from './check-policies.ts';

const bundle: BundleFacts = {
  version: 'pol_1',
  digest: 'x',
  isActive: true,
  createdAt: 0,
  activatedAt: 0,
  activatedBy: null,
  author: null,
  quarantinedAt: null,
};

describe('the check of policies', () => {
  it('finds a quarantine of the bundle in force, and of no other', () => {
    expect(listFindings([bundle, { ...bundle, isActive: false, quarantinedAt: 1 }])).toEqual([]);
    expect(listFindings([])).toEqual([]);
    const found = listFindings([{ ...bundle, quarantinedAt: 1 }]);
    expect(found.map(({ id, severity }) => [id, severity])).toEqual([['policy.quarantined', 'error']]);
  });
});
