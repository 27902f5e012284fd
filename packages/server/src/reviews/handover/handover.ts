import { AppError } from '@countersign/api';
import { isId, type Limits } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../../plugins/database/schema.ts';

export type HandoverRow = Selectable<Schema['agent_handovers']>;

export const handoverLifetimeMilliseconds = 7 * 86_400_000;
export const mostAgents = 200;
/** Of use that is looked back at. */
export const lookedBackDays = 90;

/** One delegation of the former owner, as it is offered to the new one. */
export interface OfferedDelegation {
  readonly id: string;
  readonly purpose: string;
  readonly isDefault: boolean;
  /** What it gave: the most that can be given again. */
  readonly limits: Limits;
  /** What was used of it, within the limits; null when nothing was. */
  readonly proposed: Limits | null;
  readonly used: {
    readonly calls: number;
    readonly denied: number;
    readonly lastAt: number | null;
    /** The tools most used; not all when there were more. */
    readonly tools: readonly { readonly name: string; readonly calls: number }[];
    readonly toolCount: number;
  };
}

export interface OfferedAgent {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly environment: string;
  readonly groups: readonly string[];
  readonly state: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly delegations: readonly OfferedDelegation[];
}

/** What is proposed: its canonical text is kept, and its digest is part of what is signed. */
export interface HandoverContent {
  readonly purpose: 'countersign agent handover 1';
  readonly handover: string;
  readonly server: string;
  readonly from: string | null;
  readonly to: string;
  readonly suggests: 'take' | 'retire';
  readonly expiresAt: number;
  /** Use is known since then; before, nothing was counted. */
  readonly countedSince: number;
  readonly agents: readonly OfferedAgent[];
}

/** What the new owner chooses; what is left out is narrowed to what was used, or retired where that was suggested. */
export const handoverChoice = z.strictObject({
  agents: z.record(z.string().max(64), z.enum(['take', 'retire'])).default({}),
  delegations: z.record(z.string().max(64), z.enum(['used', 'all', 'none'])).default({}),
});
export type HandoverChoice = z.infer<typeof handoverChoice>;

export interface AgentOutcome {
  readonly outcome: 'taken' | 'retired' | 'left';
  /** Why it was left as it is, or what of it was not given again. */
  readonly reason: string | null;
  readonly delegations: readonly string[];
}

/** Throws `agent.handover_not_found`. */
export async function loadHandover(sql: Kysely<Schema>, id: string): Promise<HandoverRow> {
  const row = isId('hnd', id)
    ? await sql.selectFrom('agent_handovers').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('agent.handover_not_found');
  return row;
}

export function readContent({ content }: Pick<HandoverRow, 'content'>): HandoverContent {
  return JSON.parse(content);
}

export function readOutcomes({
  outcomes,
}: Pick<HandoverRow, 'outcomes'>): Readonly<Record<string, AgentOutcome>> {
  return outcomes === null ? {} : JSON.parse(outcomes);
}

/** Why it cannot be accepted; undefined while it can. */
export function findObstacle(row: HandoverRow, now: number): string | undefined {
  if (row.state !== 'proposed') return `it was ${row.state}`;
  if (row.expires_at <= now) return 'it expired';
  return undefined;
}

export function requireOpen(row: HandoverRow, now: number): void {
  const why = findObstacle(row, now);
  if (why !== undefined) throw new AppError('agent.handover_not_open', { detail: why });
}
