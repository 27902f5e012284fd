import {
  deriveGrant,
  type GrantTool,
  type Limits,
  matchAction,
  type ToolDefinition,
} from '@countersign/core';
import type { Context } from '../../context.ts';
import type { PinnedTool } from '../../upstreams/index.ts';
import type { StoredPlan } from './stored-plan.ts';

/** What is beyond is derived once it is called. */
const mostTools = 2_000;

/** The tool as a grant is derived for it. */
export function toGrantTool(tool: PinnedTool): GrantTool {
  return {
    tool: `${tool.upstream}/${tool.name}`,
    definition: tool.definition as ToolDefinition,
    roles: tool.argumentRoles,
    isReversible: tool.reversibility === 'reversible',
  };
}

/** What a prompt calls for among the tools that the limits reach. */
export function derivePlan(
  { upstreams }: Pick<Context, 'upstreams'>,
  prompt: string,
  limits: Pick<Limits, 'upstreams' | 'actions' | 'expiresAt'>,
): Omit<StoredPlan, 'version' | 'confirmedBy'> {
  const tools = listReached(upstreams, limits);
  const grant = deriveGrant({ prompt, tools: tools.map(toGrantTool), expiresAt: limits.expiresAt });
  return {
    prompt,
    grant,
    bounds: new Map(),
    tools: new Map(tools.map((tool) => [`${tool.upstream}/${tool.name}`, tool.digest])),
  };
}

function listReached(
  upstreams: Context['upstreams'],
  limits: Pick<Limits, 'upstreams' | 'actions'>,
): readonly PinnedTool[] {
  const reached: PinnedTool[] = [];
  for (const upstream of upstreams.list()) {
    if (limits.upstreams !== '*' && !limits.upstreams.includes(upstream.name)) continue;
    for (const tool of upstream.tools()) {
      if (tool.state === 'missing' || reached.length >= mostTools) continue;
      if (limits.actions.some((pattern) => matchAction(pattern, upstream.name, tool.name)))
        reached.push(tool);
    }
  }
  return reached;
}
