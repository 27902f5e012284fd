import { AppError } from '@countersign/api';
import { applyApprovalEvent, countElapsed, findCapacities, readGrant, type Voter } from '@countersign/core';
import type { Context } from '../context.ts';
import { type Actor, countSignature, type PasskeySignature } from '../people/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { LeasedTask } from '../tasks/index.ts';
import type { Approval } from './approval-state.ts';
import type { GlassRow } from './break-glass/glass-row.ts';
import { settleGlass } from './break-glass/settle-glass.ts';
import { recordAnswer } from './checks/index.ts';
import { describeSubject } from './describe-subject.ts';
import { endGrantsIn } from './grants/end-grants.ts';
import { keepGrant } from './grants/keep-grant.ts';
import { loadApproval, toMachine } from './load-approval.ts';
import type { SignedText } from './narrow-authority.ts';
import { noteNews } from './notices/index.ts';
import type { StoredApproval, VoteEvidence } from './read-approval.ts';
import { issueReceipt } from './receipts/index.ts';
import { refuseEvent } from './refuse-event.ts';
import { requireVisible } from './require-visible.ts';
import { loadRoster } from './routing/index.ts';
import { settleAmendment } from './settle-amendment.ts';

interface Ballot {
  readonly approvalId: string;
  readonly choice: 'approve' | 'deny';
  readonly reason: string | null;
  /** What the passkey signed; the text of the request unless the person gave less. */
  readonly signed?: SignedText;
  readonly signature: PasskeySignature | null;
  /** What the person wrote and signed who lets it through alone. */
  readonly glass?: GlassRow;
  /** Where the signature is over several requests: what it signs, and whether it was counted with another of them. */
  readonly group?: { readonly text: string; readonly isCounted: boolean };
  /** How the person read, as their browser says; JSON. */
  readonly reading?: string | null;
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
  return context.store.transaction((tx) => countVote(context, tx, actor, ballot));
}

/** The same in a transaction that counts more than one. Throws before it has changed anything. */
export async function countVote(
  context: Voting,
  tx: Transaction,
  actor: Actor & { kind: 'person' },
  ballot: Ballot,
): Promise<Approval> {
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
  const changed = applyApprovalEvent(toMachine(withCounted(asked, ballot.signed)), {
    type: 'vote',
    voter,
    choice: ballot.choice,
    method: 'passkey',
    at,
    ...(ballot.glass === undefined ? {} : { brokeGlass: true }),
  });
  if (!changed.ok) throw refuseEvent(changed.code);
  if (asked.checkPersonId !== null) return endCheck(context, tx, actor, { check: asked, ballot, at });
  const forPersonIds = ballot.glass === undefined ? listGivers(asked, voter, at) : [];
  const approval = await keepSigned(tx, asked, ballot.signed);
  const record = recordVote(context, tx, actor, approval, ballot, { at, forPersonIds });
  const isLast = changed.state.state !== approval.state;
  const decided = isLast ? context.platform.newId('rec') : null;
  const kept = { record, decided, digest: approval.actionDigest };
  await saveVote(tx, actor, ballot, { ...kept, ...(forPersonIds.length === 0 ? {} : { forPersonIds }) }, at);
  const alarm = await settleGlass(context, tx, actor, { approval, glass: ballot.glass, record, at });
  if (decided !== null) {
    const end = changed.state.state === 'denied' ? 'denied' : 'approved';
    await tx.sql
      .updateTable('approvals')
      .set({ state: end, reason: ballot.reason, decided_at: at, expires_at: changed.state.expiresAt })
      .where('id', '=', approval.id)
      .where('state', '=', approval.state)
      .execute();
    const before = listEarlier(approval, actor, ballot);
    recordEnd(tx, approval, {
      id: decided,
      end,
      causes: [
        ...approval.recordIds.slice(0, 1),
        ...before.map((vote) => vote.evidence.record),
        record,
        ...alarm,
      ],
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
  if (decided !== null)
    await settleGrant(context, tx, approval, { end: changed.state.state, cause: decided, at });
  // The alarm says itself how it ended: news of a mere decision beside it would take its place.
  if (ballot.glass === undefined)
    await noteNews(context, tx, approval, decided === null ? 'voted' : 'decided');
  const after = await loadApproval(tx, approval.id);
  if (decided !== null) {
    const outcome = changed.state.state === 'denied' ? 'denied' : 'approved';
    await issueReceipt(context, tx, after, { record: decided, outcome, at });
  }
  tx.afterCommit(() => context.approvals.put(after));
  return after;
}

/** A check ends with the first answer. A yes leaves it cancelled: none is ever approved, and so nothing can come of it. */
async function endCheck(
  context: Voting,
  tx: Transaction,
  actor: Actor & { kind: 'person' },
  { check, ballot, at }: { readonly check: StoredApproval; readonly ballot: Ballot; readonly at: number },
): Promise<Approval> {
  requireVisible(actor, check);
  if (ballot.glass !== undefined) throw new AppError('approval.is_drill');
  const id = context.platform.newId('rec');
  const digest = ballot.signed?.digest ?? check.actionDigest;
  await saveVote(tx, actor, ballot, { record: id, decided: id, digest }, at);
  const isCaught = ballot.choice === 'deny';
  await tx.sql
    .updateTable('approvals')
    .set({ state: isCaught ? 'denied' : 'cancelled', reason: ballot.reason, decided_at: at })
    .where('id', '=', check.id)
    .where('state', '=', 'requested')
    .execute();
  recordEnd(tx, check, { id, end: isCaught ? 'denied' : 'approved', causes: [], at });
  await noteNews(context, tx, check, 'decided');
  const after = await loadApproval(tx, check.id);
  tx.afterCommit(() => context.approvals.put(after));
  return after;
}

/** Who signed another text has not approved this one. */
function withCounted(asked: StoredApproval, signed: SignedText | undefined): StoredApproval {
  return signed === undefined || signed.digest === asked.actionDigest ? asked : { ...asked, votes: [] };
}

/** Of other people, for what is decided now. */
function listEarlier(approval: StoredApproval, actor: Actor & { kind: 'person' }, { choice }: Ballot) {
  return approval.given.filter(
    ({ personId, outcome, evidence }) =>
      outcome === choice &&
      personId !== actor.person &&
      (choice === 'deny' || evidence.digest === undefined || evidence.digest === approval.actionDigest),
  );
}

/** Calls like it may pass from now on, or no longer. */
async function settleGrant(
  context: Voting,
  tx: Transaction,
  approval: StoredApproval,
  { end, cause, at }: { readonly end: string; readonly cause: string; readonly at: number },
): Promise<void> {
  const granted = readGrant(approval.signedAction);
  if (granted === undefined) return;
  if (end === 'approved') await keepGrant(context, tx, approval, granted, { cause, at });
  else await endGrantsIn(context, tx, [approval.id], 'denied');
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
  kept: Pick<VoteEvidence, 'record' | 'decided' | 'digest' | 'forPersonIds'>,
  at: number,
): Promise<void> {
  const { signature, group, glass } = ballot;
  if (signature !== null && group?.isCounted !== true) await countSignature(tx, signature, at);
  // Whoever signed a text that another has narrowed since signs again; the ledger keeps that they did before.
  if (ballot.choice === 'approve')
    await tx.sql
      .deleteFrom('approval_votes')
      .where('approval_id', '=', ballot.approvalId)
      .where('person_id', '=', actor.person)
      .where('outcome', '=', 'approve')
      .execute();
  await tx.sql
    .insertInto('approval_votes')
    .values({
      approval_id: ballot.approvalId,
      person_id: actor.person,
      outcome: ballot.choice,
      reason: ballot.reason,
      credential_id: signature?.row.credential_id ?? null,
      evidence: JSON.stringify({
        ...kept,
        passkey: signature?.evidence ?? null,
        ...(group === undefined ? {} : { group: group.text }),
        ...(glass === undefined ? {} : { brokeGlass: { signedText: glass.signed_text } }),
      } satisfies VoteEvidence),
      reading: ballot.reading ?? null,
      at,
    })
    .execute();
}

/** Whose duty the vote carries; nobody's when the person is asked themselves. */
function listGivers(asked: StoredApproval, voter: Voter, at: number): readonly string[] {
  const capacities = findCapacities(asked.requirement, voter, countElapsed(asked, at));
  return capacities === undefined || capacities.own ? [] : capacities.duties.map(({ giver }) => giver.person);
}

function recordVote(
  context: Voting,
  tx: Transaction,
  actor: Actor & { kind: 'person' },
  approval: StoredApproval,
  ballot: Ballot,
  { at, forPersonIds }: { readonly at: number; readonly forPersonIds: readonly string[] },
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
      ...(forPersonIds.length === 0 ? {} : { forPeople: forPersonIds }),
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
  if (approval.checkPersonId !== null) {
    recordAnswer(tx, approval, { id, end, at });
    return;
  }
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
