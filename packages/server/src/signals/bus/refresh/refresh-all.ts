import { refreshApprovals } from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { refreshPolicies } from '../../../policies/index.ts';
import { refreshSigningKeys } from '../../../tokens/index.ts';
import { refreshRisks } from './refresh-risks.ts';
import { refreshStops } from './refresh-stops.ts';

/** Everything a gateway remembers, as the database has it now; what ends authority first. */
export async function refreshAll(context: Context, refreshUpstreams: () => Promise<void>): Promise<void> {
  await refreshStops(context);
  await context.tasks.refresh();
  await context.tokens.status.confirm();
  context.agents.forgetAll();
  await refreshSigningKeys(context);
  await refreshRisks(context);
  await refreshUpstreams();
  await refreshPolicies(context);
  await refreshApprovals(context);
}
