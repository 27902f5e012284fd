import {
  type CedarEntity,
  type CedarRecord,
  type CedarValue,
  EMPTY_CEDAR_RECORD,
  makeCedarRecord,
  makeCedarSet,
} from '@countersign/core';
import type { AgentFacts } from '../../agents/index.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { CALL_GROUP, listCallGroups, listPlainGroups, listToolGroups } from '../schema/action-names.ts';
import { nameActionId, nameEntity } from './entity-names.ts';
import { findPeer, nameGroups } from './list-ancestors.ts';

export interface KnownEntity {
  readonly name: CedarEntity;
  readonly attributes: CedarRecord;
  /** All of them, not only the parents. */
  readonly ancestors: readonly CedarEntity[];
}

/** The request's own entities, and their ancestors. */
export interface RequestNames {
  readonly principal: CedarEntity;
  readonly action: CedarEntity;
  readonly resource: CedarEntity | undefined;
  ancestors(name: CedarEntity): readonly CedarEntity[];
}

/** Everything that is known of entities in a request, by their keys. */
export function describeEntities(
  request: DecisionRequest,
  names: RequestNames,
): ReadonlyMap<string, KnownEntity> {
  const known = new Map<string, KnownEntity>();
  // An agent that calls itself, or one of its chain, is described once: as what it is in the request.
  const add = (entity: KnownEntity): void => {
    if (!known.has(entity.name.key)) known.set(entity.name.key, entity);
  };
  const { principal, action } = names;
  add({ name: principal, attributes: tellAgent(request.agent), ancestors: names.ancestors(principal) });
  request.givers.forEach((giver, index) => {
    const ancestors = nameGroups(request.givers.slice(0, index + 1));
    add({ name: nameEntity('Agent', giver.id), attributes: tellAgent(giver), ancestors });
  });
  add({ name: action, attributes: EMPTY_CEDAR_RECORD, ancestors: names.ancestors(action) });
  for (const group of listGroups(request)) add(group);
  for (const one of describeResource(request, names)) add(one);
  for (const person of describePeople(request)) add(person);
  return known;
}

function tellAgent(agent: AgentFacts): CedarRecord {
  return makeCedarRecord(
    new Map<string, CedarValue>([
      ['owner', nameEntity('Person', agent.ownerId)],
      ['name', agent.name],
      ['purpose', agent.purpose],
      ['environment', agent.environment],
      ['groups', makeCedarSet(agent.groups)],
    ]),
  );
}

/** The groups of the action that are in others. */
function listGroups({ tool, operation }: DecisionRequest): readonly KnownEntity[] {
  const groups = tool === null ? listPlainGroups(operation) : listToolGroups(tool);
  const inCall = listCallGroups();
  const ancestors = [nameActionId(CALL_GROUP)];
  return groups
    .filter((id) => inCall.includes(id))
    .map((id) => ({ name: nameActionId(id), attributes: EMPTY_CEDAR_RECORD, ancestors }));
}

function describeResource(request: DecisionRequest, names: RequestNames): readonly KnownEntity[] {
  const { resource } = names;
  const upstream = nameEntity('Upstream', request.upstream);
  const facts = { environment: request.environment, kind: request.kind };
  const parent: KnownEntity = {
    name: upstream,
    attributes: makeCedarRecord(new Map(Object.entries(facts))),
    ancestors: [],
  };
  if (resource === undefined || resource.type === upstream.type) return [parent];
  const ancestors = names.ancestors(resource);
  if (request.operation === 'call_agent') {
    const peer = findPeer(request);
    return peer === undefined ? [] : [{ name: resource, attributes: tellAgent(peer), ancestors }];
  }
  const attributes = makeCedarRecord(
    new Map<string, CedarEntity | string>([
      [request.operation === 'read_resource' ? 'uri' : 'name', request.tool?.name ?? request.target],
      ['upstream', upstream],
    ]),
  );
  return [{ name: resource, attributes, ancestors }, parent];
}

/** Everyone who answers for an agent here, and the person it all began with. */
function describePeople(request: DecisionRequest): readonly KnownEntity[] {
  const { givers, agent, peer, task, rootRoles, risks } = request;
  const roles = new Map([[task.rootPersonId, rootRoles]]);
  for (const one of [...givers, agent, ...(peer === undefined ? [] : [peer])])
    roles.set(one.ownerId, one.ownerRoles);
  return [...roles].map(([id, names]) => ({
    name: nameEntity('Person', id),
    attributes: makeCedarRecord(
      new Map<string, CedarValue>([
        ['roles', makeCedarSet(names)],
        ['risk', risks?.get(id) ?? 'low'],
      ]),
    ),
    ancestors: [],
  }));
}
