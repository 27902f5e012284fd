import { z } from 'zod';
import type { Store } from '../../plugins/database/database.ts';
import type { StoredApproval } from '../read-approval.ts';
import { checkOutcomes, readOutcome } from './read-outcome.ts';

export const checkVerdictSchema = z.object({
  outcome: z.enum(checkOutcomes),
  reason: z.string().describe('Why a colleague refused the request that it showed again'),
});

export type CheckVerdict = z.infer<typeof checkVerdictSchema>;

/** What a person is told once their check is over, and null before. */
export async function findVerdict(
  { sql }: Pick<Store, 'sql'>,
  approval: StoredApproval,
): Promise<CheckVerdict | null> {
  const outcome = readOutcome(approval);
  if (outcome === undefined) return null;
  const source = await sql
    .selectFrom('approvals')
    .select('reason')
    .where('id', '=', approval.checkOf ?? '')
    .executeTakeFirst();
  return { outcome, reason: source?.reason ?? '' };
}
