import { isNamedApprover } from '@countersign/core';
import {
  listApprovals,
  loadRoster,
  mayDecide,
  type StoredApproval,
  showDrillApproval,
} from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { type Actor, readPerson } from '../../../people/index.ts';
import type { ReachStep } from '../drill-schema.ts';
import type { Stage, StepFinding } from './stage.ts';

const mostPeople = 100;
const mostPages = 50;

/**
 * What was asked for last must reach everybody who may approve it: their list of what waits for them, and the stream
 * that inbox, console and CLI follow. Nobody needs to have a session open for it, and nobody at all is a failure.
 */
export async function playReach(stage: Stage, step: ReachStep): Promise<StepFinding> {
  const { live, run } = stage;
  const startedAt = live.platform.now();
  const title = step.title ?? 'the request reaches everybody who may approve it';
  const limit = step.withinMilliseconds ?? 5_000;
  const fixed = { title, isPremise: false, code: null, calls: 0, reached: 0 };
  const expected = `in the list and stream of every approver within ${limit} ms`;
  if (stage.lastAsked === null)
    return { ...fixed, expected, seen: 'nothing was asked for', passed: false, milliseconds: 0 };
  const approvalId = stage.lastAsked;
  let streamed = false;
  const stop = live.approvals.onAnyChange(({ id }) => {
    streamed ||= id === approvalId;
  });
  try {
    const asked = await showDrillApproval(live, { drill: run, from: stage.context.store, approvalId });
    const people = await listEligible(live, asked);
    const reached = await Promise.all(people.map((person) => isInList(live, person, asked.id)));
    const milliseconds = live.platform.now() - startedAt;
    const missed = reached.filter((one) => !one).length;
    const without = people.filter(({ hasSession }) => !hasSession).length;
    const seen =
      people.length === 0
        ? 'nobody here may approve it'
        : `${people.length - missed} of ${people.length} approvers, ${without} of them without a session${streamed ? '' : ', not streamed'}`;
    const passed = people.length > 0 && missed === 0 && streamed && milliseconds <= limit;
    return { ...fixed, expected, seen, passed, milliseconds };
  } finally {
    stop();
  }
}

interface Eligible {
  readonly actor: Actor;
  readonly hasSession: boolean;
}

async function listEligible(live: Context, approval: StoredApproval): Promise<readonly Eligible[]> {
  const { sql } = live.store;
  const rows = await sql
    .selectFrom('people')
    .selectAll()
    .where('state', '=', 'active')
    .orderBy('id')
    .execute();
  const sessions = await sql
    .selectFrom('sessions')
    .select('person_id')
    .where('ended_at', 'is', null)
    .where('expires_at', '>', live.platform.now())
    .execute();
  const open = new Set(sessions.map((row) => row.person_id));
  const roster = await loadRoster(sql);
  const { ownerId, presented } = approval;
  const eligible: Eligible[] = [];
  for (const row of rows) {
    const { id, roles } = readPerson(row);
    const actor: Actor = { kind: 'person', person: id, roles, session: '', verifiedAt: 0, isFresh: true };
    const voter = roster.read(row, { ownerId, requesterId: presented.requesterId }, live.platform.now());
    const isNamed = isNamedApprover(approval.requirement, voter);
    if (isNamed && mayDecide(actor, approval)) eligible.push({ actor, hasSession: open.has(id) });
    if (eligible.length >= mostPeople) break;
  }
  return eligible;
}

/** Whether the person finds it among what waits for them, however much that is. */
async function isInList(live: Context, { actor }: Eligible, approvalId: string): Promise<boolean> {
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = { filter: 'mine', limit: 100, ...(cursor === undefined ? {} : { cursor }) } as const;
    const { items, next } = await listApprovals(live, actor, query);
    if (items.some(({ id }) => id === approvalId)) return true;
    if (next === null) return false;
    cursor = next;
  }
  return false;
}
