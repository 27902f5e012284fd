import { AppError } from '@countersign/api';
import { intersect, type Limits } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Transaction } from '../plugins/database/database.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { readOrganisation } from './organisation.ts';
import { readCeiling } from './terms.ts';

/** What an organisation has said of a task that is to be opened on its word. */
export interface Vouched {
  readonly organisation: string;
  readonly organisationId: string;
  readonly issuer: string;
  /** What the chain there itself allows; null: it says nothing of that. */
  readonly limits: Limits | null;
  /** Uses the assertion up, in the transaction that opens the task. Returns the records it follows from. */
  save(tx: Transaction, taskId: string): Promise<readonly string[]>;
}

/** A task as it would be without any organisation. */
export interface TaskToOpen {
  /** The acting one last. */
  readonly agents: readonly string[];
  readonly most: Limits;
  readonly vouched?: Vouched;
  /** It works for another task, within whose limits it is already. */
  readonly isChild: boolean;
}

/**
 * The limits within the ceilings of all organisations that stand anywhere in the chain, and within what they say. An agent that one
 * vouches for opens no task of its own without its word, however wide its delegation is. Throws `organisation.cut_off`,
 * `organisation.assertion_needed`, `organisation.assertion_invalid`, `organisation.ceiling_exceeded`.
 */
export async function narrowToCeilings(sql: Kysely<Schema>, task: TaskToOpen): Promise<Limits> {
  const { agents, most } = task;
  const rows = await sql
    .selectFrom('organisation_agents')
    .innerJoin('organisations', 'organisations.id', 'organisation_agents.organisation_id')
    .selectAll('organisations')
    .select('organisation_agents.agent_id')
    .where('organisation_agents.agent_id', 'in', agents)
    .execute();
  if (rows.some(({ state }) => state !== 'active')) throw new AppError('organisation.cut_off');
  const { vouched, isChild } = task;
  const own = rows.find(({ agent_id }) => agent_id === agents.at(-1));
  if (own !== undefined && !isChild && vouched === undefined)
    throw new AppError('organisation.assertion_needed');
  const ceilings = rows.map((row) => readCeiling(readOrganisation(row).terms));
  const narrowed = ceilings.reduce(intersect, most);
  if (vouched === undefined) return rows.length === 0 ? most : requireSomething(narrowed);
  const terms = own && readOrganisation(own).terms;
  // The terms may have changed since the assertion was verified.
  if (own?.id !== vouched.organisationId || !terms?.issuers.some(({ issuer }) => issuer === vouched.issuer))
    throw new AppError('organisation.assertion_invalid');
  return requireSomething(vouched.limits === null ? narrowed : intersect(narrowed, vouched.limits));
}

/** Where nothing at all is left that all of them allow, there is nothing to open. */
function requireSomething(limits: Limits): Limits {
  const { actions, effects, environments, upstreams } = limits;
  const isNothing = [actions, effects, environments, upstreams].some((allowed) => allowed.length === 0);
  if (isNothing) throw new AppError('organisation.ceiling_exceeded');
  return limits;
}
