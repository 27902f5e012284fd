import { AppError } from '@countersign/api';
import type { LiftableLabel } from '@countersign/core';
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
import type { LeasedTask } from '../leased-task.ts';
import {
  type DeclassificationRow,
  type LabelContext,
  loadDeclassification,
  type PersonActor,
  requireDeclassifier,
  requireOpen,
} from './declassification.ts';

export interface Declassified {
  readonly taskId: string;
  readonly label: LiftableLabel;
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * Lifts the label of what was read until it was proposed, once: the passkey of a person who may declassify must have
 * signed the digest of the very text that is kept. Holds in memory alone, so that a restart ends it. Throws
 * `task.declassification_not_open`, `person.passkey_refused`, `person.forbidden`.
 */
export async function declassifyTask(
  context: LabelContext,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<Declassified> {
  const person = requireDeclassifier(actor);
  const assertion = assertionInput.parse(input);
  const shown = await loadDeclassification(context.store.sql, id);
  const task = await context.tasks.lease(shown.task_id);
  requireOpen(shown, task, context.platform.now());
  // The text is what was shown; a digest that no longer fits it proves nothing.
  if (sha256(shown.signed_text) !== shown.digest) throw new AppError('task.declassification_not_open');
  const passkey = await requireOwnPasskey(context.store.sql, person.person, assertion);
  const { publicUrl } = context.config.server;
  const signature = await verifySignature(passkey, assertion, shown.digest, publicUrl);
  return context.store.transaction(async (tx) => {
    const row = await loadDeclassification(tx.sql, id);
    const at = context.platform.now();
    requireOpen(row, task, at);
    context.tasks.requireHere(task);
    if (row.digest !== shown.digest) throw new AppError('task.declassification_not_open');
    await requireActivePerson(tx.sql, person.person);
    await countSignature(tx, signature, at);
    const until = Math.min(at + row.minutes * 60_000, task.expiresAt);
    await saveSignature(tx, { row, person, signature, at });
    recordLift(context, tx, { row, person, signature, at, task, until });
    tx.afterCommit(() => task.history.lift({ id, until, callsLeft: row.calls }));
    return { taskId: row.task_id, label: row.label, until };
  });
}

interface Signed {
  readonly row: DeclassificationRow;
  readonly person: PersonActor;
  readonly signature: PasskeySignature;
  readonly at: number;
}

async function saveSignature(tx: Transaction, { row, person, signature, at }: Signed): Promise<void> {
  const saved = await tx.sql
    .updateTable('task_declassifications')
    .set({ signed_by: person.person, signed_at: at, evidence: JSON.stringify(signature.evidence) })
    .where('id', '=', row.id)
    // Two signatures at the same time: only one counts.
    .where('signed_at', 'is', null)
    .executeTakeFirst();
  if (saved.numUpdatedRows !== 1n) throw new AppError('task.declassification_not_open');
}

function recordLift(
  { platform }: LabelContext,
  tx: Transaction,
  signed: Signed & { readonly task: LeasedTask; readonly until: number },
): void {
  const { row, person, signature, at, task, until } = signed;
  tx.record({
    id: platform.newId('rec'),
    kind: 'task.declassified',
    at,
    causes: task.openedRecord === null ? [] : [task.openedRecord],
    task: task.id,
    agent: task.agentId,
    person: person.person,
    body: {
      ...{ declassification: row.id, label: row.label, calls: row.calls, until, reason: row.reason },
      ...{ proposedBy: row.proposed_by, digest: row.digest, session: person.session },
      credentialId: signature.row.credential_id,
      // The assertion itself is kept beside the declassification; this proves which one it was.
      evidenceDigest: sha256(JSON.stringify(signature.evidence)),
    },
  });
}
