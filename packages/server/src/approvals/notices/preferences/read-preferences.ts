import type { ChannelConfig } from '../../../config/channels.ts';
import type { Context } from '../../../context.ts';

export interface Preference {
  readonly personId: string;
  readonly channel: string;
  readonly isOn: boolean;
  readonly address: string | null;
  /** Epoch milliseconds at which they proved that it is theirs. */
  readonly verifiedAt: number | null;
}

/** What people said about their channels; who said nothing gets what their roles get. */
export async function readPreferences(
  context: Pick<Context, 'store'>,
  personIds: readonly string[],
): Promise<readonly Preference[]> {
  if (personIds.length === 0) return [];
  const rows = await context.store.sql
    .selectFrom('person_channels')
    .selectAll()
    .where('person_id', 'in', personIds)
    .execute();
  return rows.map((row) => ({
    personId: row.person_id,
    channel: row.channel,
    isOn: row.is_on === 1,
    address: row.address,
    verifiedAt: row.verified_at,
  }));
}

export function findChannelConfig(context: Pick<Context, 'config'>, name: string): ChannelConfig | undefined {
  return context.config.approvals.channels.find((channel) => channel.name === name);
}
