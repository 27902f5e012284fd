import type { Kysely } from 'kysely';
import { firstRecord } from '../../plugins/database/first-record.ts';
import type { Schema } from '../../plugins/database/schema.ts';

/** What is looked at of some agents, with the rows of each by its id. */
export interface InspectedAgents {
  readonly agents: readonly InspectedAgent[];
  readonly keys: ReadonlyMap<string, readonly { readonly thumbprint: string; readonly created_at: number }[]>;
  readonly places: ReadonlyMap<string, readonly PlaceRow[]>;
  readonly days: ReadonlyMap<string, readonly DayRow[]>;
  readonly delegations: ReadonlyMap<string, readonly HeldDelegation[]>;
}

export type InspectedAgent = Awaited<ReturnType<typeof readAgents>>[number];
type PlaceRow = Awaited<ReturnType<typeof readPlaces>>[number];
export type DayRow = Awaited<ReturnType<typeof readDays>>[number];
export type HeldDelegation = Awaited<ReturnType<typeof readDelegations>>[number];

export interface InspectionBounds {
  readonly now: number;
  /** The first day, whole days since 1970, of which hours are looked at. */
  readonly fromDay: number;
  readonly ownerId?: string | undefined;
  readonly agentId?: string;
}

/** The next agents in the order of their ids, retired ones left out, with a bounded number of statements however many they are. */
export async function inspectAgents(
  sql: Kysely<Schema>,
  after: string,
  limit: number,
  bounds: InspectionBounds,
): Promise<InspectedAgents> {
  const agents = await readAgents(sql, after, limit, bounds);
  const ids = agents.map(({ id }) => id);
  const none = new Map<string, never[]>();
  if (ids.length === 0) return { agents, keys: none, places: none, days: none, delegations: none };
  const [keys, places, days, delegations] = await Promise.all([
    readKeys(sql, ids),
    readPlaces(sql, ids),
    readDays(sql, ids, bounds.fromDay),
    readDelegations(sql, ids, bounds.now),
  ]);
  const byAgent = ({ agent_id: id }: { readonly agent_id: string }) => id;
  return {
    agents,
    keys: Map.groupBy(keys, byAgent),
    places: Map.groupBy(places, byAgent),
    days: Map.groupBy(days, byAgent),
    delegations: Map.groupBy(delegations, byAgent),
  };
}

function readAgents(
  sql: Kysely<Schema>,
  after: string,
  limit: number,
  { ownerId, agentId }: InspectionBounds,
) {
  return sql
    .selectFrom('agents')
    .innerJoin('people', 'people.id', 'agents.owner_id')
    .leftJoin('agent_use', 'agent_use.agent_id', 'agents.id')
    .select([
      ...(['agents.id', 'agents.name', 'agents.owner_id', 'agents.state', 'agents.kind'] as const),
      ...(['agents.created_at', 'agents.changed_at', 'agents.working_hours'] as const),
      ...(['people.display_name as owner_name', 'people.state as owner_state'] as const),
      ...(['agent_use.last_at', 'agent_use.last_record'] as const),
    ])
    .select(firstRecord('agents.id', 'agent.registered').as('registered_record'))
    .where('agents.id', '>', after)
    .where('agents.state', '!=', 'retired')
    .$if(agentId !== undefined, (query) => query.where('agents.id', '=', agentId ?? ''))
    .$if(ownerId !== undefined, (query) => query.where('agents.owner_id', '=', ownerId ?? ''))
    .orderBy('agents.id')
    .limit(limit)
    .execute();
}

/** Keys in use; one that is being replaced has an end already. */
function readKeys(sql: Kysely<Schema>, ids: readonly string[]) {
  return sql
    .selectFrom('agent_keys')
    .select(['agent_id', 'thumbprint', 'created_at'])
    .where('agent_id', 'in', ids)
    .where('valid_until', 'is', null)
    .execute();
}

function readPlaces(sql: Kysely<Schema>, ids: readonly string[]) {
  return sql.selectFrom('agent_places').selectAll().where('agent_id', 'in', ids).execute();
}

function readDays(sql: Kysely<Schema>, ids: readonly string[], fromDay: number) {
  return sql
    .selectFrom('agent_days')
    .select(['agent_id', 'day', 'calls', 'hours', 'hour_records'])
    .where('agent_id', 'in', ids)
    .where('day', '>=', fromDay)
    .orderBy('day')
    .execute();
}

/** In force, with the state of the person at the root. */
function readDelegations(sql: Kysely<Schema>, ids: readonly string[], now: number) {
  return sql
    .selectFrom('delegations')
    .innerJoin('people', 'people.id', 'delegations.root_person_id')
    .select([
      'delegations.id',
      'delegations.agent_id',
      'delegations.created_at',
      'people.state as root_state',
    ])
    .where('delegations.agent_id', 'in', ids)
    .where('delegations.revoked_at', 'is', null)
    .where('delegations.expires_at', '>', now)
    .execute();
}
