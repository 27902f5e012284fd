import { couldMatch } from '@countersign/core';
import type { PinnedTool } from '../../upstreams/index.ts';
import { nameActionId, nameEntity } from '../decide/entity-names.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { listToolGroups, nameToolAction } from '../schema/action-names.ts';
import { type NamedAgent, namesAgent } from './names-agent.ts';
import { readNarrowingName } from './narrowing-name.ts';

export interface PolicyReach {
  /** The permits in force that name the agent, sorted. */
  readonly permits: readonly string[];
  /** The pinned tools that one of them is about and no forbid takes away whole. */
  readonly tools: readonly PinnedTool[];
}

/** How far the permits that name an agent reach, by their scopes alone: conditions may narrow them further. */
export function findReach(
  live: LiveBundle,
  agent: NamedAgent,
  tools: readonly PinnedTool[],
  isRuledOut: (tool: PinnedTool) => boolean,
): PolicyReach {
  const enforced = live.policies.filter(({ id }) => (live.modes.get(id) ?? 'enforce') === 'enforce');
  const permits = enforced.filter((policy) => policy.effect === 'permit' && namesAgent(policy, agent));
  if (permits.length === 0) return { permits: [], tools: [] };
  const forbids = enforced.filter(
    ({ id, effect, stepUp, sequence, json }) =>
      effect === 'forbid' &&
      stepUp === undefined &&
      sequence === null &&
      json.conditions.length === 0 &&
      readNarrowingName(id) === undefined,
  );
  const reached = tools.filter((tool) => {
    const targets = aimAt(agent, tool);
    const isPermitted = permits.some(({ json }) => couldMatch(json, targets) !== 'never');
    return (
      isPermitted && !isRuledOut(tool) && !forbids.some(({ json }) => couldMatch(json, targets) === 'always')
    );
  });
  return { permits: permits.map(({ id }) => id).sort(), tools: reached };
}

function aimAt(agent: NamedAgent, tool: PinnedTool) {
  const action = nameToolAction(tool.upstream, tool.name);
  const [principal, resource] = [nameEntity('Agent', agent.id), nameEntity('Tool', action)];
  const { type, id } = nameActionId(action);
  return {
    principal: {
      ...{ type: principal.type, id: principal.id },
      ancestors: agent.groups.map((group) => nameEntity('Group', group)),
    },
    action: { type, id, ancestors: listToolGroups(tool).map(nameActionId) },
    resource: {
      ...{ type: resource.type, id: resource.id },
      ancestors: [nameEntity('Upstream', tool.upstream), nameEntity('DataDomain', tool.dataDomain)],
    },
  };
}
