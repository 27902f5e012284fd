import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';

export type ModeChangeRow = Selectable<Schema['policy_mode_changes']>;

export const changeLifetimeMilliseconds = 15 * 60_000;

/** Throws `policy.not_found`. */
export async function loadModeChange(sql: Kysely<Schema>, id: string): Promise<ModeChangeRow> {
  const row = isId('pmc', id)
    ? await sql.selectFrom('policy_mode_changes').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('policy.not_found');
  return row;
}

/** The policy in force with this id, whose mode can change. Throws `policy.not_found`, `policy.mode_fixed`. */
export function requireSwitchable({ policies }: Pick<PolicyContext, 'policies'>, id: string): ParsedPolicy {
  const policy = policies.live?.policies.find((one) => one.id === id);
  if (policy === undefined)
    throw new AppError('policy.not_found', { detail: `no policy in force is called ${id}` });
  if (!policy.isNamed) throw new AppError('policy.mode_fixed');
  return policy;
}

/**
 * Holds that the change is still what was proposed: not signed before, in time, of the very policy that stood there, and
 * from the mode it has now. Throws `policy.mode_change_not_open`.
 */
export function requireOpenChange(
  context: Pick<PolicyContext, 'policies' | 'platform'>,
  row: ModeChangeRow,
): void {
  const why = findObstacle(context, row);
  if (why !== undefined) throw new AppError('policy.mode_change_not_open', { detail: why });
}

export function findObstacle(
  { policies, platform }: Pick<PolicyContext, 'policies' | 'platform'>,
  row: ModeChangeRow,
): string | undefined {
  if (row.switched_at !== null) return 'it was signed before';
  if (row.expires_at <= platform.now()) return 'it expired';
  const policy = policies.live?.policies.find((one) => one.id === row.policy_id);
  const signed: { readonly policyDigest?: unknown } = JSON.parse(row.signed_text);
  if (policy === undefined || sha256(policy.source.text) !== signed.policyDigest)
    return 'the policy was changed';
  if ((policies.live?.modes.get(row.policy_id) ?? 'enforce') !== row.from_mode) return 'its mode was changed';
  return undefined;
}
