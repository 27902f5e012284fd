import { isId } from '@countersign/core';
import type { Insertable } from 'kysely';
import type { Context } from '../context.ts';
import type { Schema } from '../plugins/database/schema.ts';

export type AccessRequestRow = Insertable<Schema['access_requests']>;

/** A request to let exactly what was denied happen once. */
export interface AccessRequest {
  readonly id: string;
  readonly pointId: string;
  readonly approvalId: string;
  /** The decision record of the denial. */
  readonly evaluationId: string;
  readonly bindingHash: string;
  /** The members of the context that it is bound to. */
  readonly members: readonly string[];
  readonly bodyDigest: string;
}

type Named =
  | { readonly id: string }
  | { readonly idempotencyKey: string }
  | { readonly evaluationId: string };

/** One that this enforcement point made; another's is not found. */
export async function findAccessRequest(
  { store }: Pick<Context, 'store'>,
  pointId: string,
  named: Named,
): Promise<AccessRequest | undefined> {
  if ('id' in named && !isId('arq', named.id)) return undefined;
  const own = store.sql.selectFrom('access_requests').selectAll().where('enforcement_point_id', '=', pointId);
  const found =
    'id' in named
      ? own.where('id', '=', named.id)
      : 'evaluationId' in named
        ? own.where('evaluation_id', '=', named.evaluationId)
        : own.where('idempotency_key', '=', named.idempotencyKey);
  const row = await found.executeTakeFirst();
  if (row === undefined) return undefined;
  const { members } = JSON.parse(row.question) as { readonly members: readonly string[] };
  return {
    ...{ id: row.id, pointId, approvalId: row.approval_id, evaluationId: row.evaluation_id },
    ...{ bindingHash: row.binding_hash, members, bodyDigest: row.body_digest },
  };
}

export async function saveAccessRequest(
  { store }: Pick<Context, 'store'>,
  row: AccessRequestRow,
): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.sql.insertInto('access_requests').values(row).execute();
  });
}
