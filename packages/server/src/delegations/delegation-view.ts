import { describe, type Limits } from '@countersign/core';
import type { DelegationRow } from './delegation-row.ts';

/** A delegation as people see it. Times are epoch milliseconds. */
export interface DelegationView {
  readonly id: string;
  readonly parentId: string | null;
  readonly fromPersonId: string | null;
  readonly fromAgentId: string | null;
  readonly agentId: string;
  readonly rootPersonId: string;
  /** The task it was made in, with which it ends; null when it stands for itself. */
  readonly taskId: string | null;
  readonly purpose: string;
  readonly limits: Limits;
  /** The limits as sentences; names in them come from people: show them honestly. */
  readonly description: readonly string[];
  readonly isDefault: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly state: 'active' | 'expired' | 'revoked';
}

export function showDelegation(row: DelegationRow, now: number): DelegationView {
  const limits = JSON.parse(row.limits) as Limits;
  const left = now < row.expires_at ? 'active' : 'expired';
  return {
    id: row.id,
    parentId: row.parent_id,
    fromPersonId: row.from_person_id,
    fromAgentId: row.from_agent_id,
    agentId: row.agent_id,
    rootPersonId: row.root_person_id,
    taskId: row.task_id,
    purpose: row.purpose,
    limits,
    description: describe(limits),
    isDefault: row.is_default === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    state: row.revoked_at === null ? left : 'revoked',
  };
}
