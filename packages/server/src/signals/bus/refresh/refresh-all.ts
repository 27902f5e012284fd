import type { Context } from '../../../context.ts';
import type { Refreshers } from './refreshers.ts';

/** Everything a gateway remembers, as the database has it now; what ends authority first. */
export async function refreshAll(context: Context, refreshers: Refreshers): Promise<void> {
  await refreshers.stops();
  await context.tasks.refresh();
  await context.tokens.status.confirm();
  context.agents.forgetAll();
  await refreshers.signingKeys();
  await refreshers.risks();
  await refreshers.upstreams();
  await refreshers.policies();
  await refreshers.approvals();
}
