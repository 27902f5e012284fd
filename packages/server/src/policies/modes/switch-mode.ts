import { AppError } from '@countersign/api';
import type { PolicyMode } from '@countersign/core';
import { requireActivePerson } from '../../agents/index.ts';
import {
  type Actor,
  assertionInput,
  countSignature,
  type PasskeySignature,
  requireOwnPasskey,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import { findActiveBundle } from '../bundle/find-bundle.ts';
import { type PersonActor, requireSwitcher } from './get-mode-change.ts';
import { loadModeChange, type ModeChangeRow, requireOpenChange } from './mode-change.ts';

export interface SwitchedMode {
  readonly policyId: string;
  readonly mode: PolicyMode;
}

/**
 * Puts a proposed change in force: the passkey of a person who may switch modes must have signed the digest of the very
 * text that is kept. Counts once. Throws `policy.mode_change_not_open`, `person.passkey_refused`, `person.forbidden`.
 */
export async function switchMode(
  context: PolicyContext,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<SwitchedMode> {
  const person = requireSwitcher(actor);
  const assertion = assertionInput.parse(input);
  const shown = await loadModeChange(context.store.sql, id);
  requireOpenChange(context, shown);
  // The text is what was shown; a digest that no longer fits it proves nothing.
  if (sha256(shown.signed_text) !== shown.digest) throw new AppError('policy.mode_change_not_open');
  const passkey = await requireOwnPasskey(context.store.sql, person.person, assertion);
  const { publicUrl } = context.config.server;
  const signature = await verifySignature(passkey, assertion, shown.digest, publicUrl);
  return context.store.transaction(async (tx) => {
    const row = await loadModeChange(tx.sql, id);
    // Another gateway may have activated other policies, and this one has not heard of it yet.
    const active = await findActiveBundle(tx.sql);
    if (active?.version !== context.policies.version)
      throw new AppError('policy.mode_change_not_open', { detail: 'other policies are in force by now' });
    requireOpenChange(context, row);
    if (row.digest !== shown.digest) throw new AppError('policy.mode_change_not_open');
    await requireActivePerson(tx.sql, person.person);
    const at = context.platform.now();
    await countSignature(tx, signature, at);
    await saveSwitch(context, tx, { row, person, signature, at });
    recordSwitch(context, tx, { row, person, signature, at });
    tx.afterCommit(() => context.policies.switchMode(row.policy_id, row.to_mode));
    return { policyId: row.policy_id, mode: row.to_mode };
  });
}

interface Switch {
  readonly row: ModeChangeRow;
  readonly person: PersonActor;
  readonly signature: PasskeySignature;
  readonly at: number;
}

async function saveSwitch(
  { policies }: PolicyContext,
  tx: Transaction,
  { row, person, signature, at }: Switch,
): Promise<void> {
  await tx.sql
    .updateTable('policy_mode_changes')
    .set({ switched_by: person.person, switched_at: at, evidence: JSON.stringify(signature.evidence) })
    .where('id', '=', row.id)
    .execute();
  const mode = { policy_id: row.policy_id, mode: row.to_mode, since: at };
  const kept = await tx.sql
    .updateTable('policy_modes')
    .set({ mode: mode.mode, since: at, seal: policies.seals.sealMode(mode) })
    .where('policy_id', '=', row.policy_id)
    // Two changes that were signed at the same time: only one of them is from this mode.
    .where('mode', '=', row.from_mode)
    .executeTakeFirst();
  if (kept.numUpdatedRows !== 1n) throw new AppError('policy.mode_change_not_open');
}

function recordSwitch(
  { platform, policies }: PolicyContext,
  tx: Transaction,
  { row, person, signature, at }: Switch,
): void {
  tx.record({
    id: platform.newId('rec'),
    kind: 'policy.mode_switched',
    at,
    causes: [row.proposed_record],
    person: person.person,
    policyVersion: policies.version,
    body: {
      ...{ change: row.id, policy: row.policy_id, from: row.from_mode, to: row.to_mode, reason: row.reason },
      ...{ digest: row.digest, session: person.session, credentialId: signature.row.credential_id },
      // The assertion itself is kept beside the change; this proves which one it was.
      evidenceDigest: sha256(JSON.stringify(signature.evidence)),
    },
  });
}
