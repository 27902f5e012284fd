import { AppError } from '@countersign/api';
import { z } from 'zod';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { type Activation, activateBundle, type PolicyContext } from './activate-bundle.ts';

export const rollbackInput = z.strictObject({
  version: idSchema('pol').optional().describe('Without one, the bundle that was in force before this one.'),
});

/**
 * Puts an earlier bundle in force again, whole or not at all. Throws `policy.not_found` when there was none before,
 * `policy.invalid` when it does not fit the tools any more, `policy.signature_invalid`.
 */
export async function rollbackPolicies(
  context: PolicyContext,
  actor: Actor,
  input: z.input<typeof rollbackInput>,
): Promise<Activation> {
  requirePermission(actor, 'policies.activate');
  const { version = await findBefore(context) } = rollbackInput.parse(input);
  return activateBundle(context, actor, { version });
}

async function findBefore(context: PolicyContext): Promise<string> {
  const row = await context.store.sql
    .selectFrom('policy_bundles')
    .select('version')
    .where('activated_at', 'is not', null)
    .where('version', '!=', context.policies.version)
    .orderBy('activated_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined)
    throw new AppError('policy.not_found', { detail: 'there is no bundle before this one' });
  return row.version;
}
