import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../../plugins/database/schema.ts';
import { policyFile } from './bundle-input.ts';
import type { PolicyFile } from './complaint.ts';

export type BundleRow = Selectable<Schema['policy_bundles']>;

/** The bundle that was put in force last. */
export async function findActiveBundle(sql: Kysely<Schema>): Promise<BundleRow | undefined> {
  return sql
    .selectFrom('policy_bundles')
    .selectAll()
    .where('activated_at', 'is not', null)
    .orderBy('activated_at', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function findBundle(sql: Kysely<Schema>, version: string): Promise<BundleRow | undefined> {
  return sql.selectFrom('policy_bundles').selectAll().where('version', '=', version).executeTakeFirst();
}

export function readFiles(row: Pick<BundleRow, 'source'>): readonly PolicyFile[] {
  return z.array(policyFile).parse(JSON.parse(row.source));
}
