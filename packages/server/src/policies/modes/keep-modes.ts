import type { PolicyMode } from '@countersign/core';
import type { Transaction } from '../../plugins/database/database.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { PolicySeals } from '../signing/create-policy-seals.ts';
import { listNamed, type PolicyModes, readModes } from './read-modes.ts';

const rowsAtOnce = 500;

/**
 * The modes of a bundle's policies. A policy that was never here before starts with its `@mode`, or enforced; for every
 * other one its `@mode` means nothing, so that a new bundle cannot switch what needs a person's passkey.
 */
export async function keepModes(
  tx: Transaction,
  seals: PolicySeals,
  policies: readonly ParsedPolicy[],
  now: number,
): Promise<PolicyModes> {
  const modes = new Map(await readModes(tx.sql, seals, policies));
  const rows = listNamed(policies)
    .filter((policy) => !modes.has(policy.id))
    .map((policy) => {
      const mode: PolicyMode = policy.mode ?? 'enforce';
      const row = { policy_id: policy.id, mode, since: now };
      modes.set(policy.id, mode);
      return { ...row, seal: seals.sealMode(row) };
    });
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await tx.sql
      .insertInto('policy_modes')
      .values(rows.slice(from, from + rowsAtOnce))
      .execute();
  }
  return modes;
}
