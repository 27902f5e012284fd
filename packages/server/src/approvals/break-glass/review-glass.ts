import { AppError } from '@countersign/api';
import { canonicalJson } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  countSignature,
  requireOwnPasskey,
  requirePermission,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { describeSubject } from '../describe-subject.ts';
import { loadApproval } from '../load-approval.ts';
import type { StoredApproval } from '../read-approval.ts';
import { type GlassRow, listInvolved, loadGlass } from './glass-row.ts';

export const glassFindingInput = z.strictObject({
  finding: z.enum(['justified', 'not_justified']),
  note: plainLine(500),
});
export const reviewGlassInput = glassFindingInput.extend({ assertion: assertionInput });
type Finding = z.output<typeof glassFindingInput>;

type Reviewing = Pick<Context, 'config' | 'platform' | 'store'>;

/** What the browser needs so that the reviewer's passkey signs exactly this finding. Throws as `reviewGlass` does. */
export async function beginReviewGlass(context: Reviewing, actor: Actor, id: string, input: unknown) {
  const finding = glassFindingInput.parse(input);
  const { person } = requireReviewingPerson(actor);
  const { row } = await loadReviewable(context.store, person, id);
  return askForSignature(context, person, sha256(writeReview(context, row, person, finding)));
}

/**
 * Another person's account of what one let through alone, signed with their passkey. Never by the one who did, nor by the
 * owner or the person for whom the agent acted. Throws `approval.not_eligible`, `approval.already_decided`,
 * `approval.not_found`, `person.passkey_refused`.
 */
export async function reviewGlass(
  context: Reviewing,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<GlassRow> {
  const { assertion, ...given } = reviewGlassInput.parse(input);
  const { person, session } = requireReviewingPerson(actor);
  const { row: shown } = await loadReviewable(context.store, person, id);
  const text = writeReview(context, shown, person, given);
  const passkey = await requireOwnPasskey(context.store.sql, person, assertion);
  const { publicUrl } = context.config.server;
  const signature = await verifySignature(passkey, assertion, sha256(text), publicUrl);
  return context.store.transaction(async (tx) => {
    const { row, approval, record } = await loadReviewable(tx, person, id);
    const at = context.platform.now();
    await countSignature(tx, signature, at);
    const evidence = JSON.stringify(signature.evidence);
    await tx.sql
      .updateTable('approval_glass')
      .set({
        ...{ reviewed_by: person, reviewed_at: at, finding: given.finding, note: given.note },
        ...{ review_text: text, review_evidence: evidence },
      })
      .where('id', '=', id)
      .execute();
    tx.record({
      ...describeSubject(approval),
      id: context.platform.newId('rec'),
      kind: 'approval.glass_reviewed',
      at,
      causes: [record],
      person,
      body: {
        ...{ glass: id, ...given, isLate: row.review_due_at !== null && at > row.review_due_at },
        ...{ digest: sha256(text), session, credentialId: signature.row.credential_id },
        evidenceDigest: sha256(evidence),
      },
    });
    return loadGlass(tx.sql, id);
  });
}

function requireReviewingPerson(actor: Actor): Actor & { readonly kind: 'person' } {
  requirePermission(actor, 'approvals.review_glass');
  if (actor.kind !== 'person') throw new AppError('approval.not_eligible', { detail: 'a person reviews it' });
  return actor;
}

interface Reviewable {
  readonly row: GlassRow;
  readonly approval: StoredApproval;
  /** That the glass was broken. */
  readonly record: string;
}

async function loadReviewable(
  store: Pick<Transaction, 'sql'>,
  person: string,
  id: string,
): Promise<Reviewable> {
  const row = await loadGlass(store.sql, id);
  if (row.broken_at === null || row.record === null) throw new AppError('approval.not_found');
  const approval = await loadApproval(store, row.approval_id);
  if (listInvolved(row, approval).includes(person))
    throw new AppError('approval.not_eligible', { detail: 'somebody who had no part in it reviews it' });
  if (row.reviewed_at !== null) throw new AppError('approval.already_decided');
  return { row, approval, record: row.record };
}

/** It names what was signed when the glass was broken, so that one account is none of another. */
function writeReview(
  { config }: Pick<Context, 'config'>,
  row: GlassRow,
  person: string,
  given: Finding,
): string {
  return canonicalJson({
    ...{ purpose: 'countersign broken glass review 1', server: new URL(config.server.publicUrl).origin },
    ...{ glass: row.id, broken: row.digest, person, finding: given.finding, note: given.note },
  });
}
