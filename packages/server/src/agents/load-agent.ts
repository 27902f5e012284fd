import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { type AgentRow, selectAgents } from './agent-view.ts';

export interface LoadedAgent extends AgentRow {
  /** The record of the registration, from which every change follows. */
  readonly causes: readonly string[];
}

/** Throws `agent.not_found`. */
export async function loadAgent(sql: Kysely<Schema>, agentId: string): Promise<LoadedAgent> {
  const row = await selectAgents(sql)
    .select(firstRecord('agents.id', 'agent.registered').as('registered_record'))
    .where('agents.id', '=', agentId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('agent.not_found');
  const { registered_record: record, ...agent } = row;
  return { ...agent, causes: record === null ? [] : [record] };
}
