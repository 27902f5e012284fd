import { describeNarrowing, findMedian, type Limits } from '@countersign/core';
import { digestReviewReport, formatVerifierKey, signReviewReport } from '@countersign/ledger';
import type { Context } from '../../context.ts';
import { loadDelegation, toChainLink } from '../../delegations/index.ts';
import { createNoteSigner } from '../../plugins/database/checkpoint-writer.ts';
import { loadLedgerKey } from '../../tokens/index.ts';
import { type PolicyChange, readPolicyChange } from './policy-change.ts';
import { type ItemRow, listItems, type ReviewRow } from './review.ts';
import { nameAgents } from './review-view.ts';

interface ReportedItem {
  readonly item: string;
  readonly agent: string;
  readonly agentName: string;
  readonly owner: string;
  readonly delegation: string | null;
  readonly tier: number;
  readonly state: ItemRow['state'];
  readonly decision: ItemRow['decision'];
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly reason: string | null;
  readonly milliseconds: number | null;
  readonly from: Limits | null;
  readonly to: Limits | null;
  /** What is less, in sentences. */
  readonly narrowing: readonly string[];
  readonly replacedBy: string | null;
  /** What was added to the policies, word for word, and by which version it was taken back; null: nothing. */
  readonly policy: (PolicyChange & { readonly undoneBy: string | null }) | null;
  readonly undoneBy: string | null;
  readonly undoneAt: number | null;
  /** What was signed, with the WebAuthn assertion, so that anyone can verify it again. */
  readonly signedText: string | null;
  readonly evidence: unknown;
}

interface ReviewerFigures {
  readonly person: string;
  readonly items: number;
  readonly medianSeconds: number | null;
  /** Of what they decided, how much stayed as it was. */
  readonly keptShare: number;
  /** Decided so fast, or kept so much, that it says little. */
  readonly looksLikeRubberStamp: boolean;
}

export interface ReviewReport {
  readonly format: 'countersign-access-review/1';
  readonly review: string;
  readonly server: string;
  readonly environment: string;
  readonly title: string;
  readonly scope: unknown;
  readonly windowDays: number;
  readonly atDeadline: string;
  readonly openedBy: string;
  readonly openedAt: number;
  readonly dueAt: number;
  readonly closedAt: number;
  readonly closedBy: string;
  readonly figures: {
    readonly items: number;
    readonly decidedByPeople: number;
    readonly decidedByDeadline: number;
    readonly leftUndecided: number;
    readonly undone: number;
    readonly medianSeconds: number | null;
    readonly keptShare: number;
    readonly reviewers: readonly ReviewerFigures[];
  };
  readonly items: readonly ReportedItem[];
}

/** The report with what shows that it is this server's. */
export interface SignedReview {
  readonly report: ReviewReport;
  readonly note: string;
  readonly vkey: string;
}

/** Fewer decisions show no habit. */
const fewestItems = 5;
const hastySeconds = 5;
const stampedShare = 0.95;

export async function makeReport(
  context: Context,
  review: ReviewRow,
  closedBy: string,
): Promise<{ readonly signed: SignedReview; readonly digest: string }> {
  const { config, store, masterKey, platform } = context;
  const rows = await listItems(store.sql, review.id);
  const names = await nameAgents(
    store.sql,
    rows.map((row) => row.agent_id),
  );
  const items = [];
  for (const row of rows) items.push(await reportItem(context, row, names.get(row.agent_id) ?? row.agent_id));
  const report: ReviewReport = {
    ...{ format: 'countersign-access-review/1', review: review.id, server: config.server.publicUrl },
    ...{ environment: config.server.environment, title: review.title, scope: JSON.parse(review.scope) },
    ...{ windowDays: review.window_days, atDeadline: review.at_deadline, openedBy: review.opened_by },
    ...{ openedAt: review.opened_at, dueAt: review.due_at, closedAt: platform.now(), closedBy },
    ...{ figures: countFigures(rows), items },
  };
  const signer = createNoteSigner(await loadLedgerKey({ sql: store.sql, masterKey, platform }));
  const note = signReviewReport(report, signer);
  return {
    signed: { report, note, vkey: formatVerifierKey(signer.key) },
    digest: digestReviewReport(report),
  };
}

async function reportItem({ store }: Context, row: ItemRow, agentName: string): Promise<ReportedItem> {
  const from = await readLimits(store, row.delegation_id);
  const to = row.state === 'open' || row.state === 'left' ? from : await readLimits(store, row.to_delegation);
  const policy = readPolicyChange(row);
  return {
    ...{ item: row.id, agent: row.agent_id, agentName, owner: row.owner_id, delegation: row.delegation_id },
    ...{ tier: row.tier, state: row.state, decision: row.decision, decidedBy: row.decided_by },
    ...{ decidedAt: row.decided_at, reason: row.reason, milliseconds: row.milliseconds, from, to },
    narrowing: from !== null && to !== null ? describeNarrowing(from, to) : [],
    policy: policy === null ? null : { ...policy, undoneBy: row.policy_undone },
    ...{ replacedBy: row.to_delegation, undoneBy: row.undone_by, undoneAt: row.undone_at },
    ...{ signedText: row.evidence === null ? null : row.content },
    evidence: row.evidence === null ? null : JSON.parse(row.evidence),
  };
}

async function readLimits({ sql }: Context['store'], id: string | null): Promise<Limits | null> {
  return id === null ? null : toChainLink(await loadDelegation(sql, id)).limits;
}

export function countFigures(rows: readonly ItemRow[]): ReviewReport['figures'] {
  const decided = rows.filter(({ decided_by: by }) => by !== null);
  const byPeople = decided.filter(({ evidence }) => evidence !== null);
  const people = Map.groupBy(byPeople, ({ decided_by: by }) => by ?? '');
  return {
    items: rows.length,
    decidedByPeople: byPeople.length,
    decidedByDeadline: decided.length - byPeople.length,
    leftUndecided: rows.filter(({ state }) => state === 'left' || state === 'open').length,
    undone: rows.filter(({ state }) => state === 'undone').length,
    ...{ medianSeconds: findMedianSeconds(byPeople), keptShare: findKeptShare(byPeople) },
    reviewers: [...people].map(([person, theirs]) => describeReviewer(person, theirs)),
  };
}

function describeReviewer(person: string, rows: readonly ItemRow[]): ReviewerFigures {
  const medianSeconds = findMedianSeconds(rows);
  const keptShare = findKeptShare(rows);
  const isHasty = medianSeconds !== null && medianSeconds < hastySeconds;
  const looksLikeRubberStamp = rows.length >= fewestItems && (isHasty || keptShare >= stampedShare);
  return { person, items: rows.length, medianSeconds, keptShare, looksLikeRubberStamp };
}

/** Null where no page said how long it was looked at. */
function findMedianSeconds(rows: readonly ItemRow[]): number | null {
  const times = rows.flatMap(({ milliseconds }) => (milliseconds === null ? [] : [milliseconds / 1000]));
  return times.length === 0 ? null : findMedian(times);
}

function findKeptShare(rows: readonly ItemRow[]): number {
  if (rows.length === 0) return 0;
  return rows.filter(({ decision }) => decision === 'keep').length / rows.length;
}
