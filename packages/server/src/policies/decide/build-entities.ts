import type { CedarValueJson, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { AgentFacts } from '../../agents/index.ts';
import { findUses, isUsed, type RequestUses, type Uses } from '../bundle/policy-uses.ts';
import type { DecisionRequest } from '../policy-state.ts';
import {
  ACTION_TYPE,
  CALL_GROUP,
  listCallGroups,
  listPlainGroups,
  listToolGroups,
} from '../schema/action-names.ts';
import { listChainAgents, listChainGroups } from './chain-producers.ts';
import { nameAction, nameEntity, nameResource, nameType } from './entity-names.ts';

/** The entities whose attributes or parents the policies read, and no others; each once. */
export function buildEntities(uses: RequestUses, request: DecisionRequest): EntityJson[] {
  const entities: EntityJson[] = [];
  if (readsMembers(uses.context)) entities.push(...buildMembers(request));
  else if (isUsed(uses.principal)) entities.push(buildAgent(uses.principal, request));
  if (isUsed(uses.action)) entities.push(...buildAction(request));
  if (isUsed(uses.resource)) entities.push(...buildResource(uses.resource, request));
  if (readsPeople(uses)) entities.push(...buildPeople(request));
  const isPeerKnown = request.peer !== undefined && entities.length > 1;
  return isPeerKnown ? keepFirst(entities) : entities;
}

/** Whether a policy can reach an agent of the chain through the context, and so ask for its attributes. */
function readsMembers(context: Uses): boolean {
  const chain = findUses(context, 'chain');
  return chain !== undefined && ['giver', 'first', 'last'].some((member) => findUses(chain, member));
}

/** Whether a policy can reach a person, and so ask for their roles. */
function readsPeople(uses: RequestUses): boolean {
  const chain = findUses(uses.context, 'chain');
  return (
    readsMembers(uses.context) ||
    (chain !== undefined && findUses(chain, 'root') !== undefined) ||
    findUses(uses.principal, 'owner') !== undefined ||
    findUses(uses.resource, 'owner') !== undefined
  );
}

const everything: Uses = { whole: true, members: new Map() };

function buildMembers(request: DecisionRequest): EntityJson[] {
  const givers = request.givers.map((giver, index) =>
    describeAgent(everything, giver, nameGroups(request.givers.slice(0, index + 1))),
  );
  return [...givers, buildAgent(everything, request)];
}

/**
 * In the agents that its authority came through, and in the groups of all of them, so that a policy about one of them
 * can be about all that it passed on.
 */
function buildAgent(uses: Uses, request: DecisionRequest): EntityJson {
  const givers = listChainAgents(request).slice(0, -1);
  const parents = [
    ...givers.map((id) => nameType('Agent', id)),
    ...listChainGroups(request).map((group) => nameType('Group', group)),
  ];
  return describeAgent(uses, request.agent, parents);
}

function nameGroups(agents: readonly AgentFacts[]): TypeAndId[] {
  return [...new Set(agents.flatMap(({ groups }) => groups))].map((group) => nameType('Group', group));
}

function describeAgent(uses: Uses, agent: AgentFacts, parents: EntityJson['parents']): EntityJson {
  const attrs = {
    owner: nameEntity('Person', agent.ownerId),
    name: agent.name,
    purpose: agent.purpose,
    environment: agent.environment,
    groups: [...agent.groups],
  };
  return { uid: nameType('Agent', agent.id), attrs: pick(attrs, uses), parents };
}

/** Everyone who answers for an agent here, and the person it all began with. */
function buildPeople({ givers, agent, peer, task, rootRoles }: DecisionRequest): EntityJson[] {
  const roles = new Map([[task.rootPersonId, rootRoles]]);
  for (const one of [...givers, agent, ...(peer === undefined ? [] : [peer])])
    roles.set(one.ownerId, one.ownerRoles);
  return [...roles].map(([id, names]) => ({
    uid: nameType('Person', id),
    attrs: { roles: [...names] },
    parents: [],
  }));
}

function buildAction(request: DecisionRequest): EntityJson[] {
  const { tool, operation } = request;
  const groups = tool === null ? listPlainGroups(operation) : listToolGroups(tool);
  const call = { type: ACTION_TYPE, id: CALL_GROUP };
  return [
    { uid: nameAction(request), attrs: {}, parents: groups.map((id) => ({ type: ACTION_TYPE, id })) },
    ...listCallGroups()
      .filter((id) => groups.includes(id))
      .map((id) => ({ uid: { type: ACTION_TYPE, id }, attrs: {}, parents: [call] })),
  ];
}

function buildResource(uses: Uses, request: DecisionRequest): EntityJson[] {
  const uid = nameResource(request);
  const upstream = nameType('Upstream', request.upstream);
  const attrs = { environment: request.environment, kind: request.kind };
  const parent: EntityJson = { uid: upstream, attrs, parents: [] };
  // An operation on the upstream itself names no other thing.
  if (uid === undefined || uid.type === upstream.type) return [parent];
  if (request.operation === 'call_agent') return buildPeer(uses, request);
  const name = request.tool?.name ?? request.target;
  const named = request.operation === 'read_resource' ? { uri: name } : { name };
  const domain = nameType('DataDomain', request.tool?.dataDomain ?? request.dataDomain);
  const own = pick({ ...named, upstream: nameEntity('Upstream', request.upstream) }, uses);
  return [{ uid, attrs: own, parents: [upstream, domain] }, parent];
}

/** What is not known of a stranger cannot be read: a policy that asks for it fails, and so a `forbid` denies. */
function buildPeer(uses: Uses, { peer, target }: DecisionRequest): EntityJson[] {
  if (peer === undefined || peer.id !== target) return [];
  return [describeAgent(uses, peer, nameGroups([peer]))];
}

/** An agent that calls itself, or one of its chain, is described once: as what it is in the request. */
function keepFirst(entities: readonly EntityJson[]): EntityJson[] {
  const kept = new Map<string, EntityJson>();
  for (const entity of entities) {
    const key = JSON.stringify(entity.uid);
    if (!kept.has(key)) kept.set(key, entity);
  }
  return [...kept.values()];
}

function pick(
  attributes: Readonly<Record<string, CedarValueJson>>,
  uses: Uses,
): Record<string, CedarValueJson> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => findUses(uses, name)));
}
