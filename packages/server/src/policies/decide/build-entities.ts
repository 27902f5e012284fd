import type { CedarValueJson, EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { AgentFacts } from '../../agents/index.ts';
import { findUses, isUsed, type RequestUses, type Uses } from '../bundle/policy-uses.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { ACTION_TYPE, CALL_GROUP, nameEffectGroup } from '../schema/action-names.ts';
import { listChainAgents } from './chain-producers.ts';
import { nameAction, nameEntity, nameResource, nameType } from './entity-names.ts';

/** The entities whose attributes or parents the policies read, and no others. */
export function buildEntities(uses: RequestUses, request: DecisionRequest): EntityJson[] {
  const entities: EntityJson[] = [];
  if (readsMembers(uses.context)) entities.push(...buildMembers(request));
  else if (isUsed(uses.principal)) entities.push(buildAgent(uses.principal, request));
  if (isUsed(uses.action)) entities.push(...buildAction(request));
  if (isUsed(uses.resource)) entities.push(...buildResource(uses.resource, request));
  return entities;
}

/** Whether a policy can reach an agent of the chain through the context, and so ask for its attributes. */
function readsMembers(context: Uses): boolean {
  const chain = findUses(context, 'chain');
  return chain !== undefined && ['giver', 'first', 'last'].some((member) => findUses(chain, member));
}

const everything: Uses = { whole: true, members: new Map() };

function buildMembers(request: DecisionRequest): EntityJson[] {
  const givers = request.givers.map((giver) => describeAgent(everything, giver, []));
  return [...givers, buildAgent(everything, request)];
}

/** In the agents that its authority came through, so that a policy about one of them can be about all that it passed on. */
function buildAgent(uses: Uses, request: DecisionRequest): EntityJson {
  const parents = listChainAgents(request).slice(0, -1);
  return describeAgent(
    uses,
    request.agent,
    parents.map((id) => nameType('Agent', id)),
  );
}

function describeAgent(uses: Uses, agent: AgentFacts, parents: EntityJson['parents']): EntityJson {
  const attrs = {
    owner: nameEntity('Person', agent.ownerId),
    name: agent.name,
    purpose: agent.purpose,
    environment: agent.environment,
  };
  return { uid: nameType('Agent', agent.id), attrs: pick(attrs, uses), parents };
}

function buildAction(request: DecisionRequest): EntityJson[] {
  const call = { type: ACTION_TYPE, id: CALL_GROUP };
  const groups = request.effects.map((effect) => ({ type: ACTION_TYPE, id: nameEffectGroup(effect) }));
  const parents = request.tool === null ? [] : [call, ...groups];
  return [
    { uid: nameAction(request), attrs: {}, parents },
    ...groups.map((uid) => ({ uid, attrs: {}, parents: [call] })),
  ];
}

function buildResource(uses: Uses, request: DecisionRequest): EntityJson[] {
  const uid = nameResource(request);
  const upstream = nameType('Upstream', request.upstream);
  const parent: EntityJson = { uid: upstream, attrs: { environment: request.environment }, parents: [] };
  // An operation on the upstream itself names no other thing.
  if (uid === undefined || uid.type === upstream.type) return [parent];
  const name = request.tool?.name ?? request.target;
  const attrs = pick({ name, uri: name }, uses);
  const known = request.operation === 'read_resource' ? 'uri' : 'name';
  return [
    { uid, attrs: attrs[known] === undefined ? {} : { [known]: attrs[known] }, parents: [upstream] },
    parent,
  ];
}

function pick(
  attributes: Readonly<Record<string, CedarValueJson>>,
  uses: Uses,
): Record<string, CedarValueJson> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => findUses(uses, name)));
}
