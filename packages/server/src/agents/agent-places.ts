import { RecentMap } from '../platform/recent-map.ts';
import type { Store } from '../plugins/database/database.ts';

/** Where agents are used from, and with which keys: noted in memory, written later, a bounded number for each agent. */
export interface AgentPlaces {
  /** Costs no more than looking into a map. `key` is the registered one; empty for an agent without. */
  note(agentId: string, place: { readonly address: string; readonly key: string }, at: number): void;
  /** Writes what is new. */
  flush(now: number): Promise<void>;
}

/** Two places within so long of one another are used at the same time. */
export const togetherMilliseconds = 10 * 60_000;
const keptMilliseconds = 30 * 86_400_000;
const mostAgents = 20_000;
const mostPlaces = 8;

interface Place {
  /** As it was last seen: the same again is found without a look at its network. */
  address: string;
  readonly network: string;
  readonly key: string;
  readonly firstAt: number;
  lastAt: number;
  metAt: number | null;
}

export function createAgentPlaces(store: Pick<Store, 'sql'>): AgentPlaces {
  const seen = new RecentMap<Place[]>(mostAgents);
  const changed = new Set<string>();
  return {
    note(agentId, { address, key }, at) {
      const places = seen.get(agentId) ?? [];
      let here = places.find((one) => one.address === address && one.key === key);
      if (here === undefined) {
        const network = toNetwork(address);
        here = places.find((one) => one.network === network && one.key === key);
      }
      if (here === undefined) {
        here = { address, network: toNetwork(address), key, firstAt: at, lastAt: at, metAt: null };
        // The place that was used longest ago makes room.
        if (places.length >= mostPlaces) places.sort((a, b) => b.lastAt - a.lastAt).pop();
        places.push(here);
        seen.add(agentId, places);
      }
      for (const other of places)
        if (other !== here && at - other.lastAt <= togetherMilliseconds) here.metAt = at;
      here.address = address;
      here.lastAt = at;
      if (changed.size < mostAgents) changed.add(agentId);
    },
    async flush(now) {
      const rows = [...changed].flatMap((agentId) =>
        (seen.get(agentId) ?? []).map((place) => ({
          ...{ agent_id: agentId, network: place.network, key_thumbprint: place.key },
          ...{ first_at: place.firstAt, last_at: place.lastAt, met_at: place.metAt },
        })),
      );
      changed.clear();
      for (let from = 0; from < rows.length; from += rowsInStatement)
        await keep(store, rows.slice(from, from + rowsInStatement));
      await store.sql
        .deleteFrom('agent_places')
        .where('last_at', '<', now - keptMilliseconds)
        .execute();
    },
  };
}

const rowsInStatement = 200;

async function keep(
  { sql }: Pick<Store, 'sql'>,
  rows: readonly {
    readonly agent_id: string;
    readonly network: string;
    readonly key_thumbprint: string;
    readonly first_at: number;
    readonly last_at: number;
    readonly met_at: number | null;
  }[],
): Promise<void> {
  await sql
    .insertInto('agent_places')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['agent_id', 'network', 'key_thumbprint']).doUpdateSet(({ ref, fn }) => ({
        last_at: ref('excluded.last_at'),
        met_at: fn.coalesce(ref('excluded.met_at'), ref('agent_places.met_at')),
      })),
    )
    .execute();
}

/** IPv6 addresses come as the /64 that one customer has; of IPv4 the /24 is one place. */
function toNetwork(address: string): string {
  const isFour = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address);
  return isFour ? `${address.slice(0, address.lastIndexOf('.'))}.0/24` : address.slice(0, 64);
}
