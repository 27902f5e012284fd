import {
  type ActionKind,
  type AgentId,
  type ArgumentRole,
  type DelegationId,
  type Effect,
  type JsonObject,
  type Limits,
  type PersonId,
  proposeArgumentRoles,
  type ResultLabels,
  type Reversibility,
  type ToolDefinition,
  UNCONFIRMED_RESULT,
} from '@countersign/core';
import type { AgentFacts } from '../agents/index.ts';
import { sha256 } from '../platform/sha256.ts';
import { type LeasedTask, ModelTrail, TaskHistory } from '../tasks/index.ts';
import type { LiveUpstream, PinnedTool } from '../upstreams/index.ts';
import { digestFiles } from './bundle/bundle-input.ts';
import { compileBundle } from './bundle/compile-bundle.ts';
import { writeComplaints } from './bundle/complaint.ts';
import { evaluate } from './decide/evaluate.ts';
import { createLiveBundle, type LiveBundle } from './decide/live-bundle.ts';
import type { ToolSource } from './list-pinned-tools.ts';
import type { DecisionRequest } from './policy-state.ts';

export const testNow = Date.UTC(2026, 5, 1, 12);
export const testOwner = 'per_00000000000000000000000001';
export const testAgent: AgentFacts = {
  id: 'agt_00000000000000000000000001',
  name: 'payer',
  ownerId: testOwner,
  ownerRoles: ['owner'],
  groups: [],
  purpose: 'Pays invoices',
  environment: 'production',
  state: 'active',
  keys: new Map(),
  workloads: new Set(),
};

export const wideLimits: Limits = {
  upstreams: '*',
  actions: ['*'],
  arguments: [],
  dataDomains: '*',
  effects: ['read', 'write', 'spend', 'admin', 'egress'],
  environments: ['production'],
  expiresAt: testNow + 900_000,
  calls: null,
  spendMinor: null,
  currency: null,
  depth: 0,
};

export const testTask: LeasedTask = {
  id: 'tsk_00000000000000000000000001',
  agentId: testAgent.id,
  delegationId: 'dlg_00000000000000000000000001',
  chain: [
    {
      id: 'dlg_00000000000000000000000001' as DelegationId,
      from: testOwner as PersonId,
      to: 'agt_00000000000000000000000001' as AgentId,
      limits: wideLimits,
      revoked: false,
      purpose: 'pay invoices',
      createdAt: testNow - 3_600_000,
    },
  ],
  chainIds: ['dlg_00000000000000000000000001'],
  parentIds: [],
  limits: wideLimits,
  ownerId: testOwner,
  rootPersonId: testOwner,
  purpose: 'pay the invoice',
  prompt: null,
  openedAt: testNow - 65_000,
  openedRecord: null,
  models: new ModelTrail(),
  expiresAt: testNow + 900_000,
  endedAt: null,
  usage: { calls: 3, spendMinor: 1200, rows: 0, bytes: 0 },
  history: new TaskHistory('tsk_00000000000000000000000001'),
  reserve: () => [],
  remaining: () => Number.POSITIVE_INFINITY,
  giveBack: () => [],
};

export interface TestTool {
  readonly effects?: readonly Effect[];
  readonly properties?: JsonObject;
  readonly required?: readonly string[];
  readonly confirmed?: boolean;
  readonly amountPointer?: string;
  readonly reversibility?: Reversibility;
  readonly kind?: ActionKind;
  readonly dataDomain?: string;
  readonly argumentRoles?: readonly ArgumentRole[];
  readonly resultLabels?: ResultLabels;
}

/** A pinned tool of `<upstream>/<name>`. */
export function makeTool(full: string, tool: TestTool = {}): PinnedTool {
  const [upstream = '', ...rest] = full.split('/');
  const name = rest.join('/');
  const { effects = ['read'], properties = {}, required = [], confirmed = true, amountPointer } = tool;
  const definition: ToolDefinition = { name, inputSchema: { type: 'object', properties, required } };
  return {
    upstream,
    name,
    digest: sha256(JSON.stringify(definition)),
    definition,
    state: 'pinned',
    effects,
    dataDomain: tool.dataDomain ?? upstream,
    reversibility: tool.reversibility ?? 'unknown',
    kind: tool.kind ?? 'mcp',
    confirmed,
    amountPointer: amountPointer ?? null,
    amountCurrency: amountPointer === undefined ? null : 'EUR',
    argumentRoles: tool.argumentRoles ?? proposeArgumentRoles(definition),
    sentence: null,
    resultLabels: tool.resultLabels ?? UNCONFIRMED_RESULT,
    validateArguments: () => ({ valid: true }),
  };
}

/** A call of the tool, or with none the operation on the upstream, changed as said. */
export function makeRequest(
  tool: PinnedTool | null,
  given: JsonObject = {},
  change: Partial<DecisionRequest> = {},
): DecisionRequest {
  return {
    agent: testAgent,
    givers: [],
    rootRoles: ['owner'],
    task: testTask,
    operation: tool === null ? 'discover' : 'call',
    upstream: tool?.upstream ?? 'files',
    kind: tool?.kind ?? 'mcp',
    tool,
    target: tool?.name ?? '',
    arguments: given,
    effects: tool?.effects ?? ['read'],
    dataDomain: tool?.dataDomain ?? 'files',
    environment: 'production',
    binding: 'dpop',
    tokenIssuedAt: testNow - 30_000,
    now: testNow,
    today: { agentCalls: 4, agentSpendMinor: 300, ownerSpendMinor: 500 },
    ...change,
  };
}

/** A bundle of one file `t.cedar`, validated with the tools. Throws with its complaints. */
export async function makeBundle(text: string, tools: readonly PinnedTool[]): Promise<LiveBundle> {
  const files = [{ name: 't.cedar', text }];
  const { policies, compiled, errors } = await compileBundle(files, tools);
  if (errors.length > 0) throw new Error(writeComplaints(errors));
  return createLiveBundle({
    version: 'pol_test',
    digest: digestFiles(files),
    policies,
    compiled,
    validatedWith: tools,
  });
}

export function decideWith(bundle: LiveBundle, request: DecisionRequest) {
  return evaluate(bundle, request);
}

/** Upstreams that hold these tools, and that tests change. */
export interface TestUpstreams extends ToolSource {
  set(tools: readonly PinnedTool[]): void;
}

export function makeUpstreams(tools: readonly PinnedTool[]): TestUpstreams {
  let current = tools;
  const listeners = new Set<() => void>();
  const list = (): LiveUpstream[] =>
    [...new Set(current.map((tool) => tool.upstream))].map((name) => ({
      name,
      kind: 'mcp-http',
      environment: 'production',
      settings: {},
      tool: (wanted) => current.find((tool) => tool.upstream === name && tool.name === wanted),
      tools: () => current.filter((tool) => tool.upstream === name),
      connection: { send: () => Promise.reject(new Error('not here')), close: async () => undefined },
    }));
  return {
    find: (name) => list().find((upstream) => upstream.name === name),
    list,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set: (changed) => {
      current = changed;
      for (const listener of listeners) listener();
    },
  };
}
