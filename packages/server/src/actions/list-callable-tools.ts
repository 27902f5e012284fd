import type { Context } from '../context.ts';
import type { Asker } from './asked.ts';
import { describeRequest } from './decide.ts';
import { toAttempt } from './decide-action.ts';
import { resolveAuthority } from './resolve-authority.ts';
import type { Authorised } from './stages.ts';
import { vouch } from './vouch.ts';

const mostTasks = 500;

/**
 * Names, as `<upstream>/<tool>`, of the pinned tools that the agent could be allowed to call in its task for some
 * arguments, at the upstreams the asker may ask about. None where agent or task are not in force. Records nothing.
 */
export async function listCallableTools(
  context: Context,
  asker: Asker,
  { agentId, taskId }: { readonly agentId: string; readonly taskId: string | null },
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name } of context.upstreams.list()) {
    const authorised = await findAuthority(context, asker, agentId, taskId, name);
    if (authorised === undefined) continue;
    names.push(...listAt(context, authorised, name));
  }
  return names.sort();
}

/** The agents with an open task in which they could be allowed to call the tool, for some arguments. */
export async function listCallers(context: Context, asker: Asker, tool: string): Promise<readonly string[]> {
  const upstream = tool.slice(0, Math.max(tool.indexOf('/'), 0));
  const tasks = await context.store.sql
    .selectFrom('tasks')
    .select(['id', 'agent_id'])
    .where('ended_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .orderBy('id', 'desc')
    .limit(mostTasks)
    .execute();
  const agents = new Set<string>();
  for (const { id, agent_id } of tasks) {
    if (agents.has(agent_id)) continue;
    const authorised = await findAuthority(context, asker, agent_id, id, upstream);
    if (authorised !== undefined && listAt(context, authorised, upstream).includes(tool))
      agents.add(agent_id);
  }
  return [...agents].sort();
}

async function findAuthority(
  context: Context,
  asker: Asker,
  agentId: string,
  taskId: string | null,
  upstream: string,
): Promise<Authorised | undefined> {
  const call = {
    ...{ id: '', front: 'authzen' as const, asker, agentId, taskId, upstream, tool: '' },
    ...{ arguments: {}, approvalId: null, traceparent: null },
  };
  try {
    const authorised = await resolveAuthority(context, await vouch(context, toAttempt(context, call), call));
    // Nothing is decided about it: what could be is listed.
    authorised.lease.release();
    return authorised;
  } catch {
    return undefined;
  }
}

function listAt(context: Context, authorised: Authorised, upstream: string): readonly string[] {
  const target = context.upstreams.find(upstream);
  if (target === undefined) return [];
  const message = authorised.translate(authorised.token, authorised.scopes);
  const tools = [...target.tools()].filter(({ state }) => state === 'pinned');
  return tools
    .filter((tool) => {
      const { effects, dataDomain } = tool;
      const said = { ...message, target: tool.name };
      return context.policies.couldAllow(
        describeRequest(context, { ...authorised, message: said, target, tool, effects, dataDomain }),
      );
    })
    .map(({ name }) => `${upstream}/${name}`);
}
