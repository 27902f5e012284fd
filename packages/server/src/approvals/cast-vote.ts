import { AppError } from '@countersign/api';
import { applyApprovalEvent } from '@countersign/core';
import type { Context } from '../context.ts';
import { type Actor, countSignature, type PasskeySignature } from '../people/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { LeasedTask } from '../tasks/index.ts';
import type { Approval } from './approval-state.ts';
import { loadApproval, toMachine } from './load-approval.ts';
import type { SignedText } from './narrow-authority.ts';
import { noteNews } from './notices/index.ts';
import type { StoredApproval, VoteEvidence } from './read-approval.ts';
import { issueReceipt } from './receipts/index.ts';
import { refuseEvent } from './refuse-event.ts';
import { loadRoster } from './routing/index.ts';
import { settleAmendment } from './settle-amendment.ts';

interface Ballot {
  readonly approvalId: string;
  readonly choice: 'approve' | 'deny';
  readonly reason: string | null;
  /** What the passkey signed; the text of the request unless the person gave less. */
  readonly signed?: SignedText;
  readonly signature: PasskeySignature | null;
  /** The task whose plan an amendment changes, held while it is decided. */
  readonly amends?: LeasedTask;
}

type Voting = Pick<Context, 'approvals' | 'platform' | 'receipts' | 'store' | 'tasks' | 'upstreams'>;

/** Counts a vote whose passkey, if any, is verified; records it, and the approval's end if it brings one. */
export async function castVote(
  context: Voting,
  actor: Actor & { kind: 'person' },
  ballot: Ballot,
): Promise<Approval> {
  return context.store.transaction(async (tx) => {
    const asked = await loadApproval(tx, ballot.approvalId);
    const person = await tx.sql
      .selectFrom('people')
      .selectAll()
      .where('id', '=', actor.person)
      .where('state', '=', 'active')
      .executeTakeFirst();
    if (person === undefined) throw new AppError('approval.not_eligible');
    const at = context.platform.now();
    const { ownerId, presented } = asked;
    const roster = await loadRoster(tx.sql, [actor.person]);
    const voter = roster.read(person, { ownerId, requesterId: presented.requesterId }, at);
    const changed = applyApprovalEvent(toMachine(asked), {
      type: 'vote',
      voter,
      choice: ballot.choice,
      method: 'passkey',
      at,
    });
    if (!changed.ok) throw refuseEvent(changed.code);
    const approval = await keepSigned(tx, asked, ballot.signed);
    const record = recordVote(context, tx, actor, approval, ballot, at);
    const isLast = changed.state.state !== approval.state;
    const decided = isLast ? context.platform.newId('rec') : null;
    await saveVote(tx, actor, ballot, { record, decided }, at);
    if (decided !== null) {
      const end = changed.state.state === 'denied' ? 'denied' : 'approved';
      await tx.sql
        .updateTable('approvals')
        .set({ state: end, reason: ballot.reason, decided_at: at })
        .where('id', '=', approval.id)
        .where('state', '=', approval.state)
        .execute();
      const before = approval.given.filter((vote) => vote.outcome === ballot.choice);
      recordEnd(tx, approval, {
        id: decided,
        end,
        causes: [...approval.recordIds.slice(0, 1), ...before.map((vote) => vote.evidence.record), record],
        at,
        people: [...before.map((vote) => vote.personId), actor.person],
        ...(ballot.reason === null ? {} : { reason: ballot.reason }),
      });
      if (ballot.amends !== undefined)
        await settleAmendment(context, tx, ballot.amends, {
          approval,
          end,
          cause: decided,
          at,
          person: actor.person,
        });
    }
    await noteNews(context, tx, approval, decided === null ? 'voted' : 'decided');
    const after = await loadApproval(tx, approval.id);
    if (decided !== null) {
      const outcome = changed.state.state === 'denied' ? 'denied' : 'approved';
      await issueReceipt(context, tx, after, { record: decided, outcome, at });
    }
    tx.afterCommit(() => context.approvals.put(after));
    return after;
  });
}

/** What the person signed takes the place of what was asked: it is what they gave. */
async function keepSigned(
  tx: Transaction,
  asked: StoredApproval,
  signed: SignedText | undefined,
): Promise<StoredApproval> {
  if (signed === undefined || signed.digest === asked.actionDigest) return asked;
  await tx.sql
    .updateTable('approvals')
    .set({ signed_action: signed.text, action_digest: signed.digest })
    .where('id', '=', asked.id)
    .where('action_digest', '=', asked.actionDigest)
    .execute();
  return { ...asked, signedAction: signed.text, actionDigest: signed.digest };
}

async function saveVote(
  tx: Transaction,
  actor: Actor & { kind: 'person' },
  ballot: Ballot,
  records: Pick<VoteEvidence, 'record' | 'decided'>,
  at: number,
): Promise<void> {
  const { signature } = ballot;
  if (signature !== null) await countSignature(tx, signature, at);
  await tx.sql
    .insertInto('approval_votes')
    .values({
      approval_id: ballot.approvalId,
      person_id: actor.person,
      outcome: ballot.choice,
      reason: ballot.reason,
      credential_id: signature?.row.credential_id ?? null,
      evidence: JSON.stringify({ ...records, passkey: signature?.evidence ?? null } satisfies VoteEvidence),
      at,
    })
    .execute();
}

function recordVote(
  context: Voting,
  tx: Transaction,
  actor: Actor & { kind: 'person' },
  approval: StoredApproval,
  ballot: Ballot,
  at: number,
): string {
  const id = context.platform.newId('rec');
  const [requested] = approval.recordIds;
  tx.record({
    ...describeSubject(approval),
    id,
    kind: 'approval.voted',
    at,
    causes: requested === undefined ? [] : [requested],
    person: actor.person,
    body: {
      choice: ballot.choice,
      actionDigest: approval.actionDigest,
      session: actor.session,
      credentialId: ballot.signature?.row.credential_id ?? null,
      // The assertion itself is kept beside the approval; this proves which one it was.
      evidenceDigest: ballot.signature === null ? null : sha256(JSON.stringify(ballot.signature.evidence)),
    },
  });
  return id;
}

export interface ApprovalEnd {
  /** The record's own. */
  readonly id: string;
  readonly end: 'approved' | 'denied' | 'expired' | 'cancelled';
  readonly causes: readonly string[];
  readonly at: number;
  /** Whose votes brought it. */
  readonly people?: readonly string[];
  readonly reason?: string;
}

export function recordEnd(tx: Transaction, approval: StoredApproval, ended: ApprovalEnd): void {
  const { id, end, causes, at, people, reason } = ended;
  tx.record({
    ...describeSubject(approval),
    id,
    kind: end === 'approved' ? 'approval.granted' : `approval.${end}`,
    at,
    causes,
    body: {
      actionDigest: approval.actionDigest,
      ...(people === undefined ? {} : { people }),
      ...(reason === undefined ? {} : { reason }),
    },
  });
}

/** What every record of this approval names. */
export function describeSubject(approval: StoredApproval) {
  const about = {
    ...{ agent: approval.agentId, approval: approval.id, policyVersion: approval.policyVersion },
    ...(approval.drill === null ? {} : { drill: approval.drill }),
  };
  if (approval.kind === 'authority') return about;
  return {
    ...about,
    action: approval.actionId,
    task: approval.taskId,
    ...(approval.agents.length > 1 ? { agents: approval.agents } : {}),
    chain: approval.chain,
    upstream: approval.upstream,
    tool: approval.tool,
  };
}
