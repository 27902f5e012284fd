import { type ChainLink, canonicalCall, type Limits } from '@countersign/core';
import type { Platform } from '../platform/platform.ts';
import { sha256 } from '../platform/sha256.ts';
import type { DecisionRequest } from '../policies/index.ts';
import { TaskHistory } from '../tasks/index.ts';
import type { ApprovalInput } from './approval-state.ts';

export interface TestCall {
  readonly ownerId: string;
  readonly requesterId?: string;
  readonly agentId?: string;
  readonly taskId?: string;
  readonly arguments?: ApprovalInput['arguments'];
  readonly requirement?: Partial<ApprovalInput['requirement']>;
  readonly prompt?: string;
  readonly sentence?: string;
  /** Facts of the decision that are not as usual. */
  readonly decision?: Partial<DecisionRequest>;
  /** Where the arguments came from, and the plan. */
  readonly seen?: Partial<Pick<ApprovalInput, 'traces' | 'plan'>>;
  readonly taskSeconds?: number;
}

/** Input for a request by an agent that refunds 124000 minor units, for tests. */
export function makeApprovalInput(platform: Platform, call: TestCall): ApprovalInput {
  const now = platform.now();
  const agentId = call.agentId ?? platform.newId('agt');
  const taskId = call.taskId ?? platform.newId('tsk');
  const args = call.arguments ?? { amount: 124_000, currency: 'EUR', to: 'card_4421' };
  const limits: Limits = {
    ...{ upstreams: '*', actions: ['*'], arguments: [], dataDomains: '*', effects: ['spend'] },
    ...{ environments: ['production'], expiresAt: now + 86_400_000, calls: null },
    ...{ spendMinor: null, currency: null, depth: 0 },
  };
  const giver = { from: call.requesterId ?? call.ownerId, to: agentId };
  const chain = [{ id: platform.newId('dlg'), ...giver, limits, purpose: 'refunds', createdAt: now }];
  const decision = {
    agent: { id: agentId, name: 'refund-bot', ownerId: call.ownerId, environment: 'production' },
    task: {
      id: taskId,
      chain: chain as unknown as readonly ChainLink[],
      chainIds: chain.map((link) => link.id),
      ownerId: call.ownerId,
      rootPersonId: call.requesterId ?? call.ownerId,
      purpose: 'triage ticket 8841',
      prompt: call.prompt ?? null,
      openedAt: now,
      expiresAt: now + (call.taskSeconds ?? 900) * 1000,
      limits,
      usage: { calls: 0, spendMinor: 0, rows: 0, bytes: 0 },
      history: new TaskHistory(taskId),
    },
    operation: 'call',
    upstream: 'payments',
    tool: {
      ...{ upstream: 'payments', name: 'refund', digest: 'd'.repeat(43), confirmed: true },
      ...{ amountPointer: '/amount', amountCurrency: '/currency', sentence: call.sentence ?? null },
      ...{ reversibility: 'unknown', argumentRoles: [{ pointer: '/to', role: 'destination' }] },
    },
    target: 'refund',
    arguments: args,
    effects: ['spend'],
    dataDomain: 'customers',
    environment: 'production',
    now,
    ...call.decision,
  } as unknown as DecisionRequest;
  return {
    actionId: platform.newId('act'),
    callDigest: sha256(
      canonicalCall({ agent: agentId, task: taskId, target: 'payments', tool: 'refund', arguments: args }),
    ),
    key: 'k'.repeat(43),
    decision,
    requirement: {
      approvers: ['role:approver'],
      excluded: [],
      quorum: 1,
      method: 'passkey',
      withinSeconds: 600,
      notify: [],
      ...call.requirement,
    },
    policyVersion: 'pol_1',
    policyIds: ['refunds-need-a-person'],
    arguments: args,
    traces: [],
    plan: 'none',
    ...call.seen,
    causes: [],
  };
}
