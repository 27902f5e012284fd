import { AppError } from '@countersign/api';
import { expect, it } from 'vitest';
import { testTask } from '../policies/create-test-policies.ts';
import type { AmendmentInput } from './approval-state.ts';
import { requestAmendment } from './request-amendment.ts';

it('asks nobody to sign a call of which not every value can be shown', async () => {
  const context = { platform: { now: () => 0, randomBytes: (length: number) => new Uint8Array(length) } };
  const unseen = { pointer: '/to/*', role: 'destination', value: '', origins: [], worst: 'model' } as const;
  const input = {
    ...{ agent: { id: 'agt_1' }, task: { ...testTask, expiresAt: 1_000_000 }, key: 'k', by: 'call' },
    ...{ prompt: null, confirms: null, requirement: { withinSeconds: 600 }, policyVersion: 'pol_1' },
    calls: [{ callDigest: 'c1', tool: 'mail/send', arguments: {}, traces: [unseen] }],
  };
  await expect(
    requestAmendment(context as Parameters<typeof requestAmendment>[0], input as unknown as AmendmentInput),
  ).rejects.toThrow(new AppError('task.plan_too_large'));
});
