import { permissions, type Role } from '@countersign/api';
import type { AmendedCall, GrantBasis, Requirement, Vote } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { type PasskeyEvidence, passkeyCounts, readPerson } from '../people/index.ts';
import type { Schema } from '../plugins/database/schema.ts';
import type { Approval } from './approval-state.ts';
import type { Presented } from './presented.ts';
import { namePermission } from './require-decider.ts';
import { loadRoster, type Parties, type Roster } from './routing/index.ts';

/** An approval with everything that is kept of it. */
export interface StoredApproval extends Approval {
  readonly upstream: string;
  readonly tool: string;
  /** The exact text whose SHA-256 is `actionDigest`. */
  readonly signedAction: string;
  readonly presented: Presented;
  /** Of the chain, the acting one last. */
  readonly agents: readonly string[];
  readonly chain: readonly string[];
  readonly given: readonly GivenVote[];
  /** What a grant can be made of; null for what cannot be more than one call. */
  readonly grantBasis: GrantBasis | null;
  /** Equal for requests that one signature may approve together; null for those decided alone. */
  readonly groupId: string | null;
  /** The denied request that a check shows again. */
  readonly checkOf: string | null;
}

/** A vote as it was given, for showing and for verifying again. */
export interface GivenVote {
  readonly personId: string;
  readonly personName: string;
  readonly outcome: 'approve' | 'deny';
  readonly reason: string | null;
  readonly at: number;
  readonly evidence: VoteEvidence;
}

/** Enough for anybody to verify an approval's signature over the action again; WebAuthn Level 3 §7.2. */
export interface VoteEvidence {
  /** Ledger record of the vote. */
  readonly record: string;
  /** Ledger record of the grant or denial that this vote brought, or null. */
  readonly decided: string | null;
  readonly passkey: PasskeyEvidence | null;
  /** Of the text that was voted on; a yes to another than the one in force does not count. Absent in older votes. */
  readonly digest?: string;
  /** Where one signature is over several requests: the text that it signs, which lists this one's digest. */
  readonly group?: string;
  /** Whose duty the person carried with this vote. */
  readonly forPersonIds?: readonly string[];
  /** Of what one person let through alone: the text that their passkey signed. */
  readonly brokeGlass?: { readonly signedText: string };
}

type Row = Selectable<Schema['approvals']>;

/** Reads rows whole; the votes carry the voters' roles as they are now, and those of passkeys since removed are gone. */
export async function readApprovals(
  sql: Kysely<Schema>,
  rows: readonly Row[],
): Promise<readonly StoredApproval[]> {
  if (rows.length === 0) return [];
  const votes = await sql
    .selectFrom('approval_votes')
    .innerJoin('people', 'people.id', 'approval_votes.person_id')
    .leftJoin('passkeys', (on) =>
      on
        .onRef('passkeys.credential_id', '=', 'approval_votes.credential_id')
        .onRef('passkeys.person_id', '=', 'approval_votes.person_id'),
    )
    .selectAll('people')
    .select([
      'approval_id',
      'outcome',
      'reason',
      'evidence',
      'at',
      'approval_votes.credential_id',
      'counts_from',
    ])
    .where(
      'approval_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('at')
    .execute();
  const roster = await loadRoster(sql, [...new Set(votes.map((vote) => vote.id))]);
  return rows.map((row) =>
    readApproval(
      row,
      votes.filter((vote) => vote.approval_id === row.id),
      roster,
    ),
  );
}

type VoteRow = Selectable<Schema['people']> &
  Pick<Selectable<Schema['approval_votes']>, 'outcome' | 'reason' | 'evidence' | 'at' | 'credential_id'> &
  Pick<Selectable<Schema['passkeys']>, 'counts_from'>;

type SignedFacts = Pick<StoredApproval, 'policyVersion' | 'key'> &
  Partial<Pick<StoredApproval, 'agents' | 'chain'>> & { readonly calls?: readonly AmendedCall[] };

function readApproval(row: Row, voteRows: readonly VoteRow[], roster: Roster): StoredApproval {
  const presented: Presented = JSON.parse(row.presented);
  const requirement: Requirement = JSON.parse(row.requirement);
  const { policyVersion, agents, chain, key, calls = [] }: SignedFacts = JSON.parse(row.signed_action);
  const given = voteRows.map(
    (vote): GivenVote => ({
      personId: vote.id,
      personName: vote.display_name,
      outcome: vote.outcome,
      reason: vote.reason,
      at: vote.at,
      evidence: JSON.parse(vote.evidence),
    }),
  );
  const decided = given.flatMap((vote) => vote.evidence.decided ?? []);
  return {
    id: row.id,
    kind: row.kind,
    askedPersonId: row.asked_person_id,
    actionId: row.action_id,
    callDigest: row.call_digest,
    callDigests: calls.map((call) => call.callDigest),
    actionDigest: row.action_digest,
    agentId: row.agent_id,
    key,
    taskId: row.task_id,
    ownerId: row.owner_id,
    upstream: row.upstream,
    tool: row.tool,
    state: row.state,
    requirement,
    policyVersion,
    reason: row.reason,
    votes: voteRows.flatMap((vote) =>
      readVote(vote, row, { ownerId: row.owner_id, requesterId: presented.requesterId }, roster),
    ),
    advancedMilliseconds: row.advanced_milliseconds,
    escalatedSteps: row.escalated_steps,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    matchCode: presented.matchCode,
    drill: row.drill,
    checkPersonId: row.check_person_id,
    checkOf: row.check_of,
    recordIds: [row.requested_record, ...decided],
    signedAction: row.signed_action,
    presented,
    // Authority stands on no chain: it becomes the first link of one.
    agents: agents ?? [],
    chain: chain ?? [],
    given,
    grantBasis: row.grant_basis === null ? null : JSON.parse(row.grant_basis),
    groupId: row.group_id,
  };
}

/**
 * A yes of somebody who has been suspended since, or may decide no more, no longer counts, nor one by a passkey that was
 * removed, which may have been in other hands; a no always does.
 */
function readVote(row: VoteRow, approval: Row, parties: Parties, roster: Roster): readonly Vote[] {
  const deciding: readonly Role[] =
    permissions[namePermission({ kind: approval.kind, askedPersonId: approval.asked_person_id })];
  const mayDecide = row.state === 'active' && readPerson(row).roles.some((role) => deciding.includes(role));
  if (row.outcome === 'approve' && !mayDecide) return [];
  // One that was enrolled again under the same name has counted only since then.
  if (row.outcome === 'approve' && row.credential_id !== null && !passkeyCounts(row, row.at)) return [];
  const voter = roster.read(row, parties, row.at);
  const evidence: VoteEvidence = JSON.parse(row.evidence);
  const isOther = evidence.digest !== undefined && evidence.digest !== approval.action_digest;
  if (row.outcome === 'approve' && isOther) return [];
  return [
    {
      ...{ voter, choice: row.outcome, method: 'passkey', at: row.at },
      ...(evidence.brokeGlass === undefined ? {} : { brokeGlass: true }),
    },
  ];
}
