import type { PolicyMode } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { PolicySeals } from '../signing/create-policy-seals.ts';

/** By policy id; a policy that is not in it is enforced. */
export type PolicyModes = ReadonlyMap<string, PolicyMode>;

const idsAtOnce = 500;

/** What was kept of these policies. Throws `policy.signature_invalid` when somebody else wrote it. */
export async function readModes(
  sql: Kysely<Schema>,
  seals: PolicySeals,
  policies: readonly ParsedPolicy[],
): Promise<PolicyModes> {
  const ids = listNamed(policies).map((policy) => policy.id);
  const modes = new Map<string, PolicyMode>();
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const part = ids.slice(from, from + idsAtOnce);
    const rows = await sql.selectFrom('policy_modes').selectAll().where('policy_id', 'in', part).execute();
    for (const row of rows) {
      seals.requireSealed(row);
      modes.set(row.policy_id, row.mode);
    }
  }
  return modes;
}

/** Those whose mode can be other than `enforce`: a number would name another policy after the next edit. */
export function listNamed(policies: readonly ParsedPolicy[]): readonly ParsedPolicy[] {
  return policies.filter((policy) => policy.isNamed);
}
