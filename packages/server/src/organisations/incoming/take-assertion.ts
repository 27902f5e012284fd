import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Transaction, UniqueViolation } from '../../plugins/database/database.ts';
import { openVouchedTask, type TaskView } from '../../tasks/index.ts';
import { digestAssertion } from '../digest-assertion.ts';
import type { Vouched } from '../narrow-to-ceilings.ts';
import { requireValidStatus } from '../status/check-statuses.ts';
import { type ReadAssertion, readAssertion } from './read-assertion.ts';

export interface TakenAssertion {
  readonly task: TaskView;
  readonly assertion: ReadAssertion;
  /** The record of its having been taken. */
  readonly record: string;
}

/** For clocks that differ, beyond its end. */
const graceMilliseconds = 3_600_000;

/**
 * Opens a task on an organisation's word, once for each assertion, for the very client and key that it was made for. Throws
 * `organisation.assertion_invalid` whatever is wrong with it, `organisation.assertion_replayed`, `organisation.cut_off`,
 * `organisation.ceiling_exceeded`, `organisation.unavailable`.
 */
export async function takeAssertion(
  context: Context,
  text: string,
  client: {
    readonly agentId: string;
    readonly key: string;
    readonly jkt: string | null;
    readonly resources: readonly string[];
  },
): Promise<TakenAssertion> {
  const { config, organisations, platform } = context;
  const assertion = await readAssertion(organisations, text, {
    audience: context.tokens.issuer,
    now: platform.now(),
    clockSkewSeconds: config.tokens.clockSkewSeconds,
  });
  const { organisation, jkt } = assertion;
  const isMeant = assertion.clientId === client.agentId && organisation.terms.agents.includes(client.agentId);
  if (!isMeant) throw new AppError('organisation.assertion_invalid', { cause: 'another client' });
  if (jkt !== null && jkt !== client.jkt)
    throw new AppError('organisation.assertion_invalid', { cause: 'another key' });
  // RFC 8707: at most those that the assertion itself is for.
  const { resources } = assertion;
  if (resources.length > 0 && !client.resources.every((one) => resources.includes(one)))
    throw new AppError('token.target_invalid');
  await requireValidStatus(context, assertion);
  const record = platform.newId('rec');
  const vouched: Vouched = {
    organisation: organisation.name,
    organisationId: organisation.id,
    issuer: assertion.issuer,
    limits: assertion.limits,
    save: (tx, taskId) => save(context, tx, { assertion, taskId, record, agent: client.agentId }),
  };
  try {
    const { agentId, key } = client;
    const task = await openVouchedTask(context, { agentId, key, purpose: null, vouched });
    return { task, assertion, record };
  } catch (thrown) {
    if (!(thrown instanceof UniqueViolation)) throw thrown;
    throw new AppError('organisation.assertion_replayed');
  }
}

async function save(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  taken: { assertion: ReadAssertion; taskId: string; record: string; agent: string },
): Promise<readonly string[]> {
  const { assertion, taskId, record, agent } = taken;
  const { organisation, issuer, jti, hops, status, toldRecord } = assertion;
  const now = platform.now();
  await tx.sql
    .insertInto('organisation_assertions')
    .values({
      digest: digestAssertion(issuer, jti),
      expires_at: assertion.expiresAt + graceMilliseconds,
      ...{ record, issuer },
    })
    .execute();
  await tx.sql
    .insertInto('organisation_tasks')
    .values({
      ...{ task_id: taskId, organisation_id: organisation.id, issuer, record, hops: JSON.stringify(hops) },
      ...{ status_uri: status?.uri ?? null, status_index: status?.idx ?? null },
    })
    .execute();
  tx.record({
    ...{ id: record, kind: 'organisation.assertion_taken', at: now, agent, task: taskId },
    causes: [organisation.changedRecord],
    body: {
      ...{ organisation: organisation.name, issuer, jti, hops, status, limits: assertion.limits },
      // Their word for their own record: it is looked for there, and believed nowhere.
      ...(toldRecord === null ? {} : { toldRecord }),
    },
  });
  return [record];
}

/** Forgets assertions that are too old to come again; returns when to look again, in epoch milliseconds. */
export async function forgetUsedAssertions(context: Pick<Context, 'platform' | 'store'>): Promise<number> {
  const now = context.platform.now();
  await context.store.sql.deleteFrom('organisation_assertions').where('expires_at', '<', now).execute();
  return now + 60_000;
}
