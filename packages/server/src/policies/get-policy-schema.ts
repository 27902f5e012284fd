import { type Actor, requirePermission } from '../people/index.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { listPinnedTools } from './list-pinned-tools.ts';
import { writeSchema } from './schema/generate-schema.ts';

/** The Cedar schema of the tools as they are pinned now: what an editor needs to check policies. */
export async function getPolicySchema(context: PolicyContext, actor: Actor): Promise<string> {
  requirePermission(actor, 'policies.read');
  return writeSchema(listPinnedTools(context.upstreams));
}
