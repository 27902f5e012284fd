import { type CedarValue, makeCedarSet } from '@countersign/core';
import type { HeldLink } from '../../tasks/index.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { nameEntity } from './entity-names.ts';
import { makeLazyRecord, type Producer, type Producers } from './lazy-record.ts';

/** A link of the chain, and the time by which its age counts. */
interface ToldLink {
  readonly link: HeldLink;
  readonly now: number;
}

const linkProducers: Producers<ToldLink> = new Map<string, Producer<ToldLink>>([
  ['id', ({ link }) => link.id],
  ['purpose', ({ link }) => link.purpose],
  ['agent', ({ link }) => nameEntity('Agent', link.to)],
  ['upstreams', ({ link }) => listNames(link.limits.upstreams)],
  ['dataDomains', ({ link }) => listNames(link.limits.dataDomains)],
  ['effects', ({ link }) => makeCedarSet(link.limits.effects)],
  ['environments', ({ link }) => makeCedarSet(link.limits.environments)],
  ['calls', ({ link }) => link.limits.calls ?? undefined],
  ['spendMinor', ({ link }) => link.limits.spendMinor ?? undefined],
  ['depth', ({ link }) => link.limits.depth],
  ['ageSeconds', ({ link, now }) => Math.max(0, Math.floor((now - link.createdAt) / 1000))],
]);

/** What policies are told of the chain, every link of it; `schema/generate-schema.ts` has the types. */
export const chainProducers: Producers<DecisionRequest> = new Map<string, Producer<DecisionRequest>>([
  ['length', ({ task }) => task.chainIds.length],
  ['root', ({ task }) => nameEntity('Person', task.rootPersonId)],
  ['links', ({ task }) => makeCedarSet(task.chainIds)],
  ['agents', (request) => makeCedarSet(listChainAgents(request).map((id) => nameEntity('Agent', id)))],
  ['owners', ({ givers, agent }) => listOwners([...givers, agent].map((one) => one.ownerId))],
  ['purposes', ({ task }) => makeCedarSet(task.chain.map((link) => link.purpose))],
  ['giver', ({ givers }) => nameGiver(givers.at(-1)?.id)],
  ['first', ({ task, now }) => describeLink(task.chain[0], now)],
  ['last', ({ task, now }) => describeLink(task.chain.at(-1), now)],
]);

/** The agents that the authority came through, the one nearest the person first; the acting one is the last. */
export function listChainAgents({ task, agent }: Pick<DecisionRequest, 'task' | 'agent'>): readonly string[] {
  return [...task.chain.slice(0, -1).map((link) => link.to), agent.id];
}

/** The groups of all agents that the authority came through, the acting one's too. */
export function listChainGroups({
  givers,
  agent,
}: Pick<DecisionRequest, 'givers' | 'agent'>): readonly string[] {
  return [...new Set([...givers, agent].flatMap((one) => one.groups))];
}

function listOwners(ids: readonly string[]): CedarValue {
  return makeCedarSet(ids.map((id) => nameEntity('Person', id)));
}

function nameGiver(id: string | undefined): CedarValue | undefined {
  return id === undefined ? undefined : nameEntity('Agent', id);
}

function describeLink(link: HeldLink | undefined, now: number): CedarValue | undefined {
  return link && makeLazyRecord(linkProducers, { link, now });
}

function listNames(names: readonly string[] | '*'): CedarValue {
  return makeCedarSet(names === '*' ? ['*'] : names);
}
