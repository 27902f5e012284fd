import { AppError } from '@countersign/api';
import { canonicalJson, type JsonValue, keepRemaining, type Limits } from '@countersign/core';
import { z } from 'zod';
import { loadAgent } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import {
  type DelegationRow,
  fitBudgets,
  loadChain,
  loadDelegation,
  replaceDelegation,
  toChainLink,
} from '../../delegations/index.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  countSignature,
  isAllowed,
  requireOwnPasskey,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { findVersionInForce, type PreparedNarrowing, prepareWidening } from '../../policies/index.ts';
import { type ItemView, showItem } from './item-view.ts';
import { findPolicyStanding, type PolicyChange, readPolicyChange } from './policy-change.ts';
import { type ItemRow, loadItem } from './review.ts';
import { requireReviewer } from './reviewers.ts';

export const undoInput = z.strictObject({ assertion: assertionInput });

interface Undoing {
  readonly former: DelegationRow;
  /** What stands in its place; null when it was revoked. */
  readonly current: DelegationRow | null;
  readonly limits: Limits;
  /** What leaves the policies; null: nothing, or it is no longer there. */
  readonly policy: PolicyChange | null;
  readonly text: string;
}

type Reading = Pick<Transaction, 'sql'>;

/** What the passkey has to sign to give back what a decision took. */
export async function beginUndo(context: Context, actor: Actor, id: string) {
  const item = await loadItem(context.store.sql, id);
  const { person } = await requireReviewer(context.store, context.config, actor, item);
  const { text } = await prepareUndo(context, context.store, item, person);
  return askForSignature(context, person, sha256(text));
}

/**
 * Gives back the former limits, by a new delegation of the same person with what is left of the budgets, while that
 * person still may delegate; and takes out of the policies, whatever else they say by now, what the decision added. Both
 * or neither. Throws `review.not_undoable`, `review.changed`, `person.passkey_refused`, `review.own`,
 * `delegation.no_approver`, `policy.kept_in_folder`.
 */
export async function undoItem(
  context: Context,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<ItemView> {
  const { assertion } = undoInput.parse(input);
  const { store, platform, config } = context;
  const shown = await loadItem(store.sql, id);
  const { person, session } = await requireReviewer(store, config, actor, shown);
  const { text, policy } = await prepareUndo(context, store, shown, person);
  const passkey = await requireOwnPasskey(store.sql, person, assertion);
  const signature = await verifySignature(passkey, assertion, sha256(text), config.server.publicUrl);
  const without = policy === null ? undefined : await removePolicy(context, actor, shown, policy);
  const hold = context.stops.hold('agent', shown.agent_id, new AppError('agent.not_active'));
  try {
    await store.transaction(async (tx) => {
      const item = await loadItem(tx.sql, id);
      await requireReviewer(tx, config, actor, item);
      const undoing = await prepareUndo(context, tx, item, person);
      if (undoing.text !== text) throw new AppError('review.changed');
      const now = platform.now();
      await countSignature(tx, signature, now);
      const { opened_record: opened } = await tx.sql
        .selectFrom('reviews')
        .select('opened_record')
        .where('id', '=', item.review_id)
        .executeTakeFirstOrThrow();
      const record = platform.newId('rec');
      const evidence = JSON.stringify(signature.evidence);
      tx.record({
        ...{
          id: record,
          kind: 'review.undone',
          at: now,
          causes: [opened],
          agent: item.agent_id,
          person: item.owner_id,
        },
        chain: [undoing.former.id],
        body: {
          ...{ by: person, review: item.review_id, item: id, digest: sha256(text), session },
          ...(policy === null ? {} : { policy: policy.policyId }),
          ...{ credentialId: signature.row.credential_id, evidenceDigest: sha256(evidence) },
        },
      });
      const to = await giveBack(context, tx, undoing, { by: person, causes: [record], item });
      const version = await commitPolicy(tx, without, { record, item });
      await tx.sql
        .updateTable('review_items')
        .set({
          ...{
            state: 'undone',
            undone_by: person,
            undone_at: now,
            undo_content: text,
            undo_evidence: evidence,
          },
          to_delegation: to,
          policy_undone: version,
        })
        .where('id', '=', id)
        .execute();
    });
  } finally {
    hold.release();
  }
  return showItem(context, await loadItem(store.sql, id));
}

async function removePolicy(
  context: Context,
  actor: Actor,
  item: ItemRow,
  { text }: PolicyChange,
): Promise<PreparedNarrowing> {
  const prepared = await prepareWidening(context, actor, { review: item.review_id, item: item.id, text });
  if (prepared === undefined) throw new AppError('review.changed');
  return prepared;
}

/** The version in force from then on; null when policies stay as they are. */
async function commitPolicy(
  tx: Transaction,
  without: PreparedNarrowing | undefined,
  { record, item }: { readonly record: string; readonly item: ItemRow },
): Promise<string | null> {
  if (without === undefined) return null;
  if ((await findVersionInForce(tx)) !== without.base)
    throw new AppError('review.changed', { detail: 'other policies came into force' });
  const body = { review: item.review_id, item: item.id, undoes: true };
  return (await without.commit(tx, { causes: [record], body })).version;
}

async function prepareUndo(
  { platform, config, policies }: Pick<Context, 'platform' | 'config' | 'policies'>,
  { sql }: Reading,
  item: ItemRow,
  person: string,
): Promise<Undoing> {
  const refuse = (detail: string) => new AppError('review.not_undoable', { detail });
  if (item.state !== 'decided') throw refuse(`it is ${item.state}`);
  if (item.decision !== 'shrink' && item.decision !== 'revoke') throw refuse('nothing can be given back');
  if (item.from_delegation === null) throw refuse('nothing was taken');
  const former = await loadDelegation(sql, item.from_delegation);
  const current = item.to_delegation === null ? null : await loadDelegation(sql, item.to_delegation);
  if (former.expires_at <= platform.now()) throw refuse('it would have ended by now');
  if (current !== null && current.revoked_at !== null)
    throw refuse('what stood in its place was ended since');
  const agent = await loadAgent(sql, item.agent_id);
  if (agent.state !== 'active' || agent.owner_id !== item.owner_id)
    throw refuse('the agent or its owner changed');
  if (!(await isAllowed({ sql }, former.root_person_id, 'delegations.create')))
    throw refuse('who gave it no longer holds the authority');
  const { limits } = toChainLink(former);
  const policy = findRemovable(policies, item);
  const text = canonicalJson({
    ...{ purpose: 'countersign access review undo 1', item: item.id, person },
    server: new URL(config.server.publicUrl).origin,
    ...{ from: current?.id ?? null, former: former.id, limits: limits as unknown as JsonValue },
    policy: policy === null ? null : { file: policy.file, policyId: policy.policyId, removes: policy.text },
  });
  return { former, current, limits, policy, text };
}

/** Throws `review.not_undoable` when somebody changed it since: what they meant is not undone for them. */
function findRemovable(policies: Context['policies'], item: ItemRow): PolicyChange | null {
  const change = readPolicyChange(item);
  const standing = findPolicyStanding({ policies }, item);
  if (change === null || standing === 'missing') return null;
  if (standing !== 'changed') return change;
  throw new AppError('review.not_undoable', { detail: `policy ${change.policyId} was changed since` });
}

async function giveBack(
  context: Context,
  tx: Transaction,
  { former, current, limits }: Undoing,
  { by, causes, item }: { readonly by: string; readonly causes: readonly string[]; readonly item: ItemRow },
): Promise<string> {
  const left = await fitBudgets(tx, former, limits);
  const used = current === null ? undefined : (await loadChain(tx.sql, current.id)).at(-1);
  const rest = keepRemaining(left, {
    ...{ calls: used?.used_calls ?? 0, spendMinor: used?.used_spend_minor ?? 0 },
    ...{ rows: used?.used_rows ?? 0, bytes: used?.used_bytes ?? 0 },
  });
  return replaceDelegation(context, tx, {
    ...{ row: current ?? former, limits: rest, most: limits, by, causes },
    body: { review: item.review_id, item: item.id, undoes: true },
  });
}
