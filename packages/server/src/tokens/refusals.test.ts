import type { LedgerRecord } from '@countersign/api';
import { createManualClock } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { createPlatform } from '../platform/platform.ts';
import { createRefusals } from './refusals.ts';

function setUp(append?: () => Promise<void>) {
  const clock = createManualClock();
  const written: LedgerRecord[] = [];
  const warnings: unknown[] = [];
  const store = {
    append: append ?? (async (records: readonly LedgerRecord[]) => void written.push(...records)),
  };
  const log = { warn: (...entry: unknown[]) => void warnings.push(entry) };
  const refusals = createRefusals({ platform: createPlatform(clock.now), store, log });
  return { clock, written, warnings, refusals, counts: () => written.map(({ body }) => body.count) };
}

describe('refused token requests', () => {
  it('of an authenticated client are recorded one by one', async () => {
    const { refusals, written } = setUp();
    const refusal = {
      reason: 'agent.not_active',
      agent: 'agt_1',
      registeredKey: 'k',
      authenticated: true,
    } as const;
    await refusals.record(refusal);
    await refusals.record(refusal);
    expect(written).toHaveLength(2);
    expect(written[0]).toMatchObject({ kind: 'token.refused', agent: 'agt_1', key: 'k', body: { count: 1 } });
  });

  it('of others are at most one record a second for each reason and agent, with a count', async () => {
    const { refusals, clock, written, counts } = setUp();
    const refusal = { reason: 'token.client_assertion_invalid', authenticated: false } as const;
    for (let i = 0; i < 500; i++) await refusals.record(refusal);
    await refusals.record({ ...refusal, agent: 'agt_1' });
    await refusals.record({ ...refusal, reason: 'token.proof_invalid' });
    expect(counts()).toEqual([1, 1, 1]);
    clock.advance(1000);
    await refusals.record(refusal);
    expect(counts()).toEqual([1, 1, 1, 499, 1]);
    await refusals.record(refusal);
    await refusals.flush();
    expect(counts()).toEqual([1, 1, 1, 499, 1, 1]);
    expect(new Set(written.map(({ id }) => id)).size).toBe(6);
    await refusals.flush();
    expect(written).toHaveLength(6);
  });

  it('stand when the ledger cannot take them', async () => {
    const { refusals, warnings } = setUp(() => Promise.reject(new Error('disk full')));
    await refusals.record({ reason: 'token.proof_invalid', authenticated: false });
    expect(warnings).toHaveLength(1);
  });
});
