import { AppError } from '@countersign/api';
import { endAgent, loadAgent } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import {
  fitBudgets,
  loadDelegation,
  replaceDelegation,
  revokeBranches,
  toChainLink,
} from '../../delegations/index.ts';
import type { PasskeyEvidence, PasskeySignature } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { findVersionInForce, type PreparedNarrowing } from '../../policies/index.ts';
import { describeCut } from '../../signals/index.ts';
import type { PreparedDecision } from './decision-text.ts';
import type { PolicyChange } from './policy-change.ts';
import { type ItemRow, loadItem, type ReviewRow } from './review.ts';

export interface Deciding {
  readonly review: ReviewRow;
  readonly item: ItemRow;
  readonly prepared: PreparedDecision;
  /** As `nameActor` says it. */
  readonly by: string;
  /** What was signed and by which passkey; null for what the deadline does. */
  readonly signed: {
    readonly text: string;
    readonly signature: PasskeySignature;
    readonly session: string;
  } | null;
  /** How long the page was looked at, as the browser counted; null where nobody looked. */
  readonly milliseconds: number | null;
  /** The policies with what it adds to them, ready to go live. */
  readonly policy?: PreparedNarrowing | undefined;
}

/** Calls under what may be narrowed or ended are held while it is, and cut when they are in flight. */
export async function withHeld<T>(
  { stops }: Pick<Context, 'stops'>,
  { item, prepared }: Pick<Deciding, 'item' | 'prepared'>,
  work: (cut: readonly string[]) => Promise<T>,
): Promise<T> {
  const { decision } = prepared.text;
  if (decision === 'keep') return work([]);
  const isAgent = decision === 'retire' || item.delegation_id === null;
  const hold = isAgent
    ? stops.hold('agent', item.agent_id, new AppError('agent.not_active'))
    : stops.hold('delegation', item.delegation_id ?? '', new AppError('delegation.not_active'));
  try {
    return await work(hold.cut);
  } finally {
    hold.release();
  }
}

/** Makes the changes, keeps who signed what, and records it, in one transaction of the caller's. Throws `review.not_open`, `review.changed`. */
export async function applyDecision(
  context: Context,
  tx: Transaction,
  deciding: Deciding,
  cut: readonly string[],
): Promise<void> {
  const { review, item, prepared, by, signed, milliseconds } = deciding;
  const { decision, reason } = prepared.text;
  const fresh = await loadItem(tx.sql, item.id);
  if (fresh.state !== 'open') throw new AppError('review.not_open', { detail: 'it was decided' });
  const now = context.platform.now();
  const record = context.platform.newId('rec');
  const evidence: PasskeyEvidence | null = signed?.signature.evidence ?? null;
  const text = signed?.text ?? prepared.canonical;
  tx.record({
    ...{ id: record, kind: 'review.decided', at: now, causes: [review.opened_record], agent: item.agent_id },
    ...(item.delegation_id === null ? {} : { chain: [item.delegation_id] }),
    person: item.owner_id,
    body: {
      ...{ by, review: review.id, item: item.id, decision, digest: sha256(text), tier: item.tier },
      ...(reason === null ? {} : { reason }),
      ...(prepared.text.policy === null ? {} : { policy: prepared.text.policy.policyId }),
      ...(milliseconds === null ? {} : { milliseconds }),
      ...(signed === null
        ? {}
        : { session: signed.session, credentialId: signed.signature.row.credential_id }),
      ...(evidence === null ? {} : { evidenceDigest: sha256(JSON.stringify(evidence)) }),
      ...describeCut(cut),
    },
  });
  const delegation = await change(context, tx, deciding, { record, by });
  const policy = await changePolicies(tx, deciding, record);
  await tx.sql
    .updateTable('review_items')
    .set({
      ...{ state: 'decided', decision, decided_by: by, decided_at: now, reason, content: text },
      ...{ evidence: evidence === null ? null : JSON.stringify(evidence), milliseconds },
      ...{ from_delegation: item.delegation_id, to_delegation: delegation },
      policy_change: policy === null ? null : JSON.stringify(policy),
    })
    .where('id', '=', item.id)
    .execute();
}

/** With another version in force than the one it was signed for, nothing at all is decided. */
async function changePolicies(
  tx: Transaction,
  { item, prepared, policy }: Deciding,
  record: string,
): Promise<PolicyChange | null> {
  const { policy: signed } = prepared.text;
  if (signed === null) return null;
  if (policy === undefined || (await findVersionInForce(tx)) !== policy.base || policy.base !== signed.base)
    throw new AppError('review.changed', { detail: 'other policies came into force' });
  const body = { review: item.review_id, item: item.id };
  const { version: to } = await policy.commit(tx, { causes: [record], body });
  const { file, policyId, text, base: from } = signed;
  return { file, policyId, text, from, to };
}

/** The id of the delegation that stands from now on, if any. */
async function change(
  context: Context,
  tx: Transaction,
  { item, prepared }: Deciding,
  { record, by }: { readonly record: string; readonly by: string },
): Promise<string | null> {
  const { decision, limits } = prepared.text;
  const causes = [record];
  const body = { review: item.review_id, item: item.id };
  if (decision === 'keep') return item.delegation_id;
  const agent = await loadAgent(tx.sql, item.agent_id);
  if (decision === 'retire') {
    await endAgent(context, tx, agent, { by, causes, body });
    return null;
  }
  if (item.delegation_id === null) return null;
  const row = await loadDelegation(tx.sql, item.delegation_id);
  if (row.revoked_at !== null || row.expires_at <= context.platform.now())
    throw new AppError('review.changed');
  if (decision === 'revoke' || limits === null) {
    await revokeBranches(context, tx, { roots: [row], by, causes: () => causes, body });
    return null;
  }
  const { limits: most } = toChainLink(row);
  const left = await fitBudgets(tx, row, limits);
  return replaceDelegation(context, tx, { row, limits: left, most, by, causes, body });
}
