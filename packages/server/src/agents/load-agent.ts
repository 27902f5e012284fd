import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import { type AgentRow, selectAgents } from './agent-view.ts';

/** Throws `agent.not_found`. */
export async function loadAgent(sql: Kysely<Schema>, agentId: string): Promise<AgentRow> {
  const row = await selectAgents(sql).where('agents.id', '=', agentId).executeTakeFirst();
  if (row === undefined) throw new AppError('agent.not_found');
  return row;
}
