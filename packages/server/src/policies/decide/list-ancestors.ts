import type { CedarEntity } from '@countersign/core';
import type { AgentFacts } from '../../agents/index.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { listPlainGroups, listToolGroups } from '../schema/action-names.ts';
import { listChainAgents, listChainGroups } from './chain-producers.ts';
import { nameActionId, nameEntity } from './entity-names.ts';

const NO_ENTITIES: readonly CedarEntity[] = [];

/**
 * In the agents that its authority came through, and in the groups of all of them, so that a policy about one of them
 * can be about all that it passed on.
 */
export function listAgentAncestors(request: DecisionRequest): readonly CedarEntity[] {
  const { givers, agent, task } = request;
  if (givers.length === 0 && task.chain.length < 2 && agent.groups.length === 0) return NO_ENTITIES;
  return [
    ...listChainAgents(request)
      .slice(0, -1)
      .map((id) => nameEntity('Agent', id)),
    ...listChainGroups(request).map((group) => nameEntity('Group', group)),
  ];
}

/** Of a tool that does not change, always the same list. */
const toolAncestors = new WeakMap<object, readonly CedarEntity[]>();

export function listActionAncestors({ tool, operation }: DecisionRequest): readonly CedarEntity[] {
  if (tool === null) return listPlainGroups(operation).map(nameActionId);
  const known = toolAncestors.get(tool);
  if (known !== undefined) return known;
  const ancestors = listToolGroups(tool).map(nameActionId);
  toolAncestors.set(tool, ancestors);
  return ancestors;
}

export function listResourceAncestors(
  request: DecisionRequest,
  resource: CedarEntity | undefined,
): readonly CedarEntity[] {
  const upstream = nameEntity('Upstream', request.upstream);
  // An operation on the upstream itself names no other thing.
  if (resource === undefined || resource.type === upstream.type) return NO_ENTITIES;
  if (request.operation === 'call_agent') return nameGroups([findPeer(request) ?? NO_PEER]);
  return [upstream, nameEntity('DataDomain', request.tool?.dataDomain ?? request.dataDomain)];
}

const NO_PEER: Pick<AgentFacts, 'groups'> = { groups: [] };

export function findPeer({ peer, target }: DecisionRequest): AgentFacts | undefined {
  return peer?.id === target ? peer : undefined;
}

export function nameGroups(agents: readonly Pick<AgentFacts, 'groups'>[]): readonly CedarEntity[] {
  return [...new Set(agents.flatMap(({ groups }) => groups))].map((group) => nameEntity('Group', group));
}
