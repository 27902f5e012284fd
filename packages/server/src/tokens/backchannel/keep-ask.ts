import { AppError } from '@countersign/api';
import { type AgentFacts, loadAgent } from '../../agents/index.ts';
import { type Approval, loadApproval } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type Ask, type Asked, firstIntervalSeconds } from './ask.ts';
import { requireMeasure } from './require-measure.ts';

/** A request of a proven agent to a person who may answer it. */
export interface Asking {
  readonly agent: AgentFacts;
  /** Name of what proves possession of the token. */
  readonly key: string;
  readonly personId: string;
  readonly ask: Ask;
  readonly digest: string;
  /** Whether the agent wants to be told of the answer. */
  readonly notifies: boolean;
  readonly askedAt: number;
  readonly expiresAt: number;
}

/** What a request will give, once a person agrees. */
export interface Kept {
  readonly upstreams: readonly string[];
  readonly details: unknown;
  readonly callDigest: string | null;
  readonly taskId: string | null;
  readonly actionId: string | null;
  /** The task's opening, or nothing more than the agent's registration. */
  readonly causes: readonly string[];
  /** What the record of it says was asked for. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The same request is open already; nothing was kept. */
export class AskedAlready extends Error {
  override readonly name = 'AskedAlready';
}

export const secretPurpose = 'backchannel request';
export const notificationPurpose = 'backchannel notification';

/** A request with the record of it, to be saved with its approval; whoever fetches the answer needs the secret. */
export interface NewAsk {
  readonly secret: string;
  readonly recordId: string;
  save(tx: Transaction, approvalId: string): Promise<void>;
}

export function makeAsk(context: Context, asking: Asking, kept: Kept): NewAsk {
  const secret = Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  const recordId = context.platform.newId('rec');
  return {
    secret,
    recordId,
    async save(tx, approvalId) {
      if ((await selectOpen(tx, asking.digest, asking.askedAt)) !== undefined) throw new AskedAlready();
      const { agent, personId, askedAt: now } = asking;
      await requireMeasure(tx, { agentId: agent.id, personId, now });
      await insertAsk(context, tx, { asking, kept, secret, recordId, approvalId });
      const { causes } = await loadAgent(tx.sql, agent.id);
      tx.record({
        id: recordId,
        kind: 'token.asked',
        at: now,
        causes: kept.causes.length > 0 ? kept.causes : causes,
        agent: agent.id,
        key: asking.key,
        person: personId,
        approval: approvalId,
        ...(kept.taskId === null ? {} : { task: kept.taskId }),
        ...(kept.actionId === null ? {} : { action: kept.actionId }),
        body: { ...kept.body, message: asking.ask.message, expiresAt: asking.expiresAt },
      });
    },
  };
}

async function insertAsk(
  context: Context,
  tx: Transaction,
  one: { asking: Asking; kept: Kept; secret: string; recordId: string; approvalId: string },
): Promise<void> {
  const { asking, kept, secret } = one;
  const { notificationToken } = asking.ask;
  const isTold = asking.notifies && notificationToken !== null;
  await tx.sql
    .insertInto('backchannel_asks')
    .values({
      id: one.recordId,
      secret_digest: sha256(secret),
      sealed_secret: context.masterKey.seal(secret, secretPurpose),
      agent_id: asking.agent.id,
      person_id: asking.personId,
      kind: asking.ask.wish.kind,
      ask_digest: asking.digest,
      proof_key: asking.key,
      approval_id: one.approvalId,
      upstreams: JSON.stringify(kept.upstreams),
      details: JSON.stringify(kept.details),
      call_digest: kept.callDigest,
      task_id: kept.taskId,
      asked_record: one.recordId,
      asked_at: asking.askedAt,
      expires_at: asking.expiresAt,
      interval_seconds: firstIntervalSeconds,
      polled_at: null,
      polls: 0,
      early_polls: 0,
      delivered_at: null,
      sealed_notification: isTold ? context.masterKey.seal(notificationToken, notificationPurpose) : null,
      notify_after: isTold ? asking.askedAt : null,
      notify_attempts: 0,
    })
    .execute();
}

/** Keeps that something was asked in vain, so that it can be counted; the record of it is the refusal's. */
export async function keepRefused(
  context: Pick<Context, 'store' | 'platform'>,
  refused: { agentId: string; key: string; personId: string | null },
): Promise<void> {
  const now = context.platform.now();
  await context.store.sql
    .insertInto('backchannel_asks')
    .values({
      id: context.platform.newId('rec'),
      ...{ secret_digest: null, sealed_secret: null, kind: null, approval_id: null, call_digest: null },
      agent_id: refused.agentId,
      person_id: refused.personId,
      // Nobody comes back for it, and a digest of what was asked could be tried against what it may have been.
      ask_digest: '',
      proof_key: refused.key,
      ...{
        upstreams: '[]',
        details: '[]',
        task_id: null,
        asked_record: null,
        asked_at: now,
        expires_at: now,
      },
      ...{ interval_seconds: firstIntervalSeconds, polled_at: null, polls: 0, early_polls: 0 },
      ...{ delivered_at: null, sealed_notification: null, notify_after: null, notify_attempts: 0 },
    })
    .execute();
}

/** The open request with this digest: its agent may have lost the answer, and its person is not asked twice. */
export async function findOpenAsk(context: Context, digest: string): Promise<Asked | undefined> {
  const now = context.platform.now();
  const row = await selectOpen(context.store, digest, now);
  if (row === undefined) return undefined;
  if (row.sealed_secret === null || row.approval_id === null) return undefined;
  const approval = await loadApproval(context.store, row.approval_id);
  return describeAsked(context, {
    secret: context.masterKey.open(row.sealed_secret, secretPurpose),
    approval,
    expiresAt: row.expires_at,
    intervalSeconds: row.interval_seconds,
  });
}

function selectOpen(from: Pick<Transaction, 'sql'>, digest: string, now: number) {
  return from.sql
    .selectFrom('backchannel_asks')
    .innerJoin('approvals', 'approvals.id', 'backchannel_asks.approval_id')
    .selectAll('backchannel_asks')
    .where('ask_digest', '=', digest)
    .where('backchannel_asks.expires_at', '>', now)
    .where('approvals.expires_at', '>', now)
    .where('delivered_at', 'is', null)
    .where('approvals.state', 'in', ['requested', 'approved'])
    .executeTakeFirst();
}

export function describeAsked(
  context: Pick<Context, 'approvals' | 'platform'>,
  asked: { secret: string; approval: Approval; expiresAt: number; intervalSeconds?: number },
): Asked {
  const { secret, approval, expiresAt, intervalSeconds = firstIntervalSeconds } = asked;
  // The approval ends with the request or earlier, when policy gives its people less time.
  const endsAt = Math.min(expiresAt, approval.expiresAt);
  const expiresInSeconds = Math.floor((endsAt - context.platform.now()) / 1000);
  if (expiresInSeconds <= 0) throw new AppError('token.ask_expired');
  return {
    authReqId: secret,
    expiresInSeconds,
    intervalSeconds,
    matchCode: approval.matchCode,
    link: context.approvals.link(approval.id),
  };
}
