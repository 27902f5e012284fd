import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { HeldLink } from '../../tasks/index.ts';
import type { DecisionRequest } from '../policy-state.ts';
import type { Producer, Producers } from './build-context.ts';
import { nameEntity } from './entity-names.ts';

/** What policies are told of the chain, every link of it; `schema/generate-schema.ts` has the types. */
export const chainProducers: Producers = new Map<string, Producer | Producers>([
  ['length', ({ task }) => task.chainIds.length],
  ['root', ({ task }) => nameEntity('Person', task.rootPersonId)],
  ['links', ({ task }) => [...task.chainIds]],
  ['agents', (request) => listChainAgents(request).map((id) => nameEntity('Agent', id))],
  ['owners', ({ givers, agent }) => listOwners([...givers, agent].map((one) => one.ownerId))],
  ['purposes', ({ task }) => [...new Set(task.chain.map((link) => link.purpose))]],
  ['giver', ({ givers }) => nameGiver(givers.at(-1)?.id)],
  ['first', describeLink(({ task }) => task.chain[0])],
  ['last', describeLink(({ task }) => task.chain.at(-1))],
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

function listOwners(ids: readonly string[]): CedarValueJson[] {
  return [...new Set(ids)].map((id) => nameEntity('Person', id));
}

function nameGiver(id: string | undefined): CedarValueJson | undefined {
  return id === undefined ? undefined : nameEntity('Agent', id);
}

function describeLink(find: (request: DecisionRequest) => HeldLink | undefined): Producers {
  const of = (read: (link: HeldLink, now: number) => CedarValueJson | null): Producer => {
    return (request) => {
      const link = find(request);
      return link === undefined ? undefined : (read(link, request.now) ?? undefined);
    };
  };
  return new Map<string, Producer>([
    ['id', of((link) => link.id)],
    ['purpose', of((link) => link.purpose)],
    ['agent', of((link) => nameEntity('Agent', link.to))],
    ['upstreams', of(({ limits }) => listNames(limits.upstreams))],
    ['dataDomains', of(({ limits }) => listNames(limits.dataDomains))],
    ['effects', of(({ limits }) => [...limits.effects])],
    ['environments', of(({ limits }) => [...limits.environments])],
    ['calls', of(({ limits }) => limits.calls)],
    ['spendMinor', of(({ limits }) => limits.spendMinor)],
    ['depth', of(({ limits }) => limits.depth)],
    ['ageSeconds', of((link, now) => Math.max(0, Math.floor((now - link.createdAt) / 1000)))],
  ]);
}

function listNames(names: readonly string[] | '*'): string[] {
  return names === '*' ? ['*'] : [...names];
}
