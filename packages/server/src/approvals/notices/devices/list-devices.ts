import type { Kysely } from 'kysely';
import type { Schema } from '../../../plugins/database/schema.ts';

/** A browser of a person, without what would let anybody write to it. */
export interface Device {
  readonly id: string;
  readonly device: string;
  readonly createdAt: number;
}

export async function listDevices(sql: Kysely<Schema>, personId: string): Promise<readonly Device[]> {
  const rows = await sql
    .selectFrom('push_subscriptions')
    .select(['id', 'device', 'created_at'])
    .where('person_id', '=', personId)
    .orderBy('created_at')
    .execute();
  return rows.map(({ id, device, created_at }) => ({ id, device, createdAt: created_at }));
}
