import { POLICY_MODES } from '@countersign/core';
import { z } from 'zod';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { PolicyContext } from '../activate-bundle.ts';

export const modeAnswer = z.object({
  policyId: z.string(),
  effect: z.enum(['permit', 'forbid']),
  mode: z.enum(POLICY_MODES),
  isNamed: z.boolean().describe('Whether it has an @id; without one it is always enforced'),
  description: z.string().nullable(),
});

export type ModeView = z.infer<typeof modeAnswer>;

/** How far each policy in force counts, in the order of the files. */
export function listModes(context: Pick<PolicyContext, 'policies'>, actor: Actor): readonly ModeView[] {
  requirePermission(actor, 'policies.read');
  const { live } = context.policies;
  return (live?.policies ?? []).map(({ id, effect, isNamed, description }) => ({
    ...{ policyId: id, effect, isNamed },
    mode: live?.modes.get(id) ?? 'enforce',
    description: description ?? null,
  }));
}
