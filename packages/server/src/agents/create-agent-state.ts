import { AppError } from '@countersign/api';
import { listNames } from '../people/index.ts';
import { RecentMap } from '../platform/recent-map.ts';
import type { Store } from '../plugins/database/database.ts';
import { createAgentPlaces } from './agent-places.ts';
import type { AgentFacts, AgentState } from './agent-state.ts';

interface Load {
  /** Set when the agent changed after the rows were asked for: they may be from before. */
  stale: boolean;
  readonly facts: Promise<AgentFacts>;
}

/** Holds the facts of the agents used lately. */
export function createAgentState(store: Pick<Store, 'sql'>, capacity = 20_000): AgentState {
  const held = new RecentMap<AgentFacts>(capacity);
  const loads = new Map<string, Load>();

  const people = createRoles(store, capacity);

  const load = async (agentId: string): Promise<AgentFacts> => {
    const facts = await readFacts(store, agentId);
    const current = loads.get(agentId);
    loads.delete(agentId);
    if (current?.stale === true) return get(agentId);
    held.add(agentId, facts);
    return facts;
  };

  const get = (agentId: string): Promise<AgentFacts> => {
    const facts = held.get(agentId);
    if (facts !== undefined) return Promise.resolve(facts);
    const under = loads.get(agentId);
    if (under !== undefined) return under.facts;
    const facts$ = load(agentId);
    loads.set(agentId, { stale: false, facts: facts$ });
    facts$.catch(() => loads.delete(agentId));
    return facts$;
  };

  return {
    places: createAgentPlaces(store),
    get,
    getRoles: people.get,
    forget(agentId) {
      held.delete(agentId);
      const under = loads.get(agentId);
      if (under !== undefined) under.stale = true;
    },
    forgetOwner(personId) {
      const theirs = [...held.values()].filter((facts) => facts.ownerId === personId);
      for (const { id } of theirs) held.delete(id);
      for (const under of loads.values()) under.stale = true;
      people.forget(personId);
    },
    forgetAll() {
      held.clear();
      for (const under of loads.values()) under.stale = true;
      people.forgetAll();
    },
  };
}

async function readFacts(store: Pick<Store, 'sql'>, agentId: string): Promise<AgentFacts> {
  const row = await store.sql
    .selectFrom('agents')
    .innerJoin('people', 'people.id', 'agents.owner_id')
    .select([
      'agents.id',
      'agents.name',
      'agents.owner_id',
      'agents.purpose',
      'agents.environment',
      'agents.state',
      'agents.group_names',
      'people.state as owner_state',
      'people.roles',
      'people.directory_groups',
    ])
    .where('agents.id', '=', agentId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('agent.not_found');
  const keys = await store.sql
    .selectFrom('agent_keys')
    .select(['thumbprint', 'valid_until'])
    .where('agent_id', '=', agentId)
    .execute();
  const workloads = await store.sql
    .selectFrom('agent_workloads')
    .select('id')
    .where('agent_id', '=', agentId)
    .where('removed_at', 'is', null)
    .execute();
  return {
    id: row.id,
    name: row.name,
    ownerId: row.owner_id,
    ownerRoles: listNames(row),
    groups: readNames(row.group_names),
    purpose: row.purpose,
    environment: row.environment,
    state: row.state === 'active' && row.owner_state !== 'active' ? 'suspended' : row.state,
    keys: new Map(keys.map((key) => [key.thumbprint, key.valid_until])),
    workloads: new Set(workloads.map(({ id }) => id)),
  };
}

/** JSON that this server wrote itself. */
function readNames(text: string): readonly string[] {
  return JSON.parse(text) as readonly string[];
}

function createRoles(store: Pick<Store, 'sql'>, capacity: number) {
  const held = new RecentMap<readonly string[]>(capacity);
  /** Changes so far: what was read before one is not kept after it. */
  let changes = 0;
  return {
    async get(personId: string): Promise<readonly string[]> {
      const known = held.get(personId);
      if (known !== undefined) return known;
      for (;;) {
        const before = changes;
        const row = await store.sql
          .selectFrom('people')
          .select(['roles', 'directory_groups'])
          .where('id', '=', personId)
          .executeTakeFirst();
        if (before !== changes) continue;
        const roles = row === undefined ? [] : listNames(row);
        held.add(personId, roles);
        return roles;
      }
    },
    forget(personId: string): void {
      changes += 1;
      held.delete(personId);
    },
    forgetAll(): void {
      changes += 1;
      held.clear();
    },
  };
}
