import type { Context } from '../../../context.ts';
import { refreshKeys, refreshSecrets } from './refresh-keys.ts';
import type { Refreshers } from './refreshers.ts';

/** Everything a gateway remembers, as the database has it now; what ends authority first. */
export async function refreshAll(context: Context, refreshers: Refreshers): Promise<void> {
  await refreshers.stops();
  await context.organisations.refresh();
  await context.tasks.refresh();
  await context.tokens.status.confirm();
  context.agents.forgetAll();
  await refreshers.risks();
  await context.credentials.refresh();
  await refreshKeys(context, refreshers);
  await refreshSecrets(context);
  await refreshers.upstreams();
  await refreshers.policies();
  await refreshers.approvals();
  await refreshers.evidence();
}
