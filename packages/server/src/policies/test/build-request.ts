import {
  type AgentId,
  ARGUMENT_ROLES,
  type ArgumentRoleName,
  type DelegationId,
  type Limits,
  listLabelFacts,
  ORIGINS,
  type Origin,
  type PersonId,
  type RaisedRisks,
  type RiskLevel,
  traceArguments,
  ValueIndex,
  worstRisk,
} from '@countersign/core';
import type { AgentFacts } from '../../agents/index.ts';
import { type LeasedTask, ModelTrail, type TaskFact, TaskHistory } from '../../tasks/index.ts';
import type { PinnedTool } from '../../upstreams/index.ts';
import { tellFlow } from '../decide/data-flow.ts';
import type { RoleTrace } from '../decide/trace-call.ts';
import type { DecisionRequest } from '../policy-state.ts';
import type { PlacedCase } from './list-cases.ts';
import type { DeclaredTools } from './read-tools.ts';
import { defaultAgent, defaultTask, type TestTask } from './test-file.ts';

export type BuiltRequest =
  | { readonly ok: true; readonly request: DecisionRequest }
  | { readonly ok: false; readonly message: string };

const noon = Date.UTC(2026, 0, 5, 12);
const task = 'tsk_00000000000000000000000000';
const lifetimeMilliseconds = 900_000;

/** What the policies are asked in a case: a call in a task of its own, with nothing around it but what the case says. */
export function buildRequest(
  { within, given }: PlacedCase,
  upstreams: readonly DeclaredTools[],
): BuiltRequest {
  const { context } = given;
  const found = findTarget(given, upstreams);
  if (typeof found === 'string') return { ok: false, message: found };
  const named = given.task === undefined ? defaultTask : readOwn(within.tasks, given.task);
  if (named === undefined) return { ok: false, message: `there is no task "${given.task}" in this file` };
  const agentName = given.agent ?? 'agent';
  const [agent, ...givers] = [agentName, ...named.through].map((name) => describeAgent(within.agents, name));
  const unknown = [agentName, ...named.through].find(
    (name) => name !== 'agent' && readOwn(within.agents, name) === undefined,
  );
  if (unknown !== undefined || agent === undefined)
    return { ok: false, message: `there is no agent "${unknown}" in this file` };
  const now = context.time === undefined ? noon : Date.parse(context.time);
  const { upstream, tool } = found;
  const confirmed = context.confirmed ?? tool?.confirmed ?? true;
  const request: DecisionRequest = {
    agent,
    givers,
    rootRoles: ['owner'],
    risks: imagineRisks(within.agents, [agentName, ...named.through], context.risk),
    task: imagineTask(named, { agent, givers, now }),
    operation: given.operation ?? 'call',
    upstream: upstream.upstream,
    kind: tool?.kind ?? upstream.tools[0]?.kind ?? 'mcp',
    tool: tool && { ...tool, confirmed },
    target: tool?.name ?? given.target,
    arguments: given.arguments,
    effects: tool?.effects ?? ['read'],
    dataDomain: context.dataDomain ?? tool?.dataDomain ?? upstream.upstream,
    environment: context.environment ?? upstream.environment,
    binding: context.binding ?? 'dpop',
    tokenIssuedAt: now - (context.tokenAgeSeconds ?? 30) * 1000,
    plan: context.plan ?? { state: 'none', confirmed: false },
    ...(context.predicted === undefined ? {} : { predicted: context.predicted }),
    provenance: () => imagineTraces(given, tool),
    now,
  };
  const { egress, audience } = context;
  if (egress === undefined && audience === undefined) return { ok: true, request };
  const flow = tellFlow(request);
  const told = { ...flow, egress: egress ?? flow.egress, audience: audience ?? flow.audience };
  return { ok: true, request: { ...request, flow: told } };
}

/** `risk`: of the owner of the first, whatever is said of the agents. */
function imagineRisks(
  agents: PlacedCase['within']['agents'],
  names: readonly string[],
  risk: RiskLevel | undefined,
): RaisedRisks {
  const raised = new Map<string, RiskLevel>();
  for (const name of names) {
    const { ownerRisk } = readOwn(agents, name) ?? defaultAgent;
    const { ownerId } = describeAgent(agents, name);
    raised.set(ownerId, worstRisk([raised.get(ownerId) ?? 'low', ownerRisk]));
  }
  const [first = ''] = names;
  if (risk !== undefined) raised.set(describeAgent(agents, first).ownerId, risk);
  return raised;
}

/** A role that the case says something of is there, whatever the tool's arguments are. */
function imagineTraces({ arguments: args, context }: PlacedCase['given'], tool: PinnedTool | null) {
  const roles = tool?.argumentRoles ?? [];
  const { provenance = {} } = context;
  const traces = traceArguments(new ValueIndex(), args, roles);
  const asked = traces.map(({ pointer, role }) => imagineTrace(pointer, role, ['prompt']));
  const said = ARGUMENT_ROLES.flatMap((role) => {
    const origins = provenance[role];
    if (origins === undefined) return [];
    const { pointer = '' } = roles.find((one) => one.role === role) ?? {};
    return [imagineTrace(pointer, role, origins)];
  });
  return [...asked.filter(({ role }) => provenance[role] === undefined), ...said];
}

function imagineTrace(pointer: string, role: ArgumentRoleName, given: readonly Origin[]): RoleTrace {
  const origins = new Set(given);
  const worst = ORIGINS.findLast((one) => origins.has(one)) ?? 'model';
  return { pointer, role, origins, worst };
}

interface Found {
  readonly upstream: DeclaredTools;
  readonly tool: PinnedTool | null;
}

function findTarget(given: PlacedCase['given'], upstreams: readonly DeclaredTools[]): Found | string {
  if ((given.tool === undefined) === (given.operation === undefined)) return 'say either tool or operation';
  const slash = given.tool?.indexOf('/') ?? -1;
  const name = given.tool === undefined ? given.upstream : given.tool.slice(0, slash);
  const upstream = upstreams.find((one) => one.upstream === name);
  if (upstream === undefined) return `no tools file describes the upstream "${name ?? ''}"`;
  if (given.tool === undefined) return { upstream, tool: null };
  const tool = upstream.tools.find((one) => one.name === given.tool?.slice(slash + 1));
  return tool === undefined ? `there is no tool ${given.tool}` : { upstream, tool };
}

function describeAgent(agents: PlacedCase['within']['agents'], name: string): AgentFacts {
  const { id = `agt_${name}`, owner, purpose, environment, groups } = readOwn(agents, name) ?? defaultAgent;
  return {
    ...{ id, name, purpose, environment, groups },
    ownerId: owner.startsWith('per_') ? owner : `per_${owner}`,
    ownerRoles: ['owner'],
    state: 'active',
    keys: new Map(),
    workloads: new Set(),
  };
}

interface Around {
  readonly agent: AgentFacts;
  /** The one nearest the person first. */
  readonly givers: readonly AgentFacts[];
  readonly now: number;
}

function imagineTask(given: TestTask, { agent, givers, now }: Around): LeasedTask {
  const openedAt = now - given.ageSeconds * 1000;
  const expiresAt = now + lifetimeMilliseconds;
  const limits: Limits = {
    ...{ upstreams: '*', actions: ['*'], arguments: [], dataDomains: '*', environments: [], expiresAt },
    ...{
      effects: ['read', 'write', 'spend', 'admin', 'egress'],
      calls: null,
      spendMinor: null,
      currency: null,
      depth: 0,
    },
  };
  const people = [...givers, agent];
  const [first = agent] = people;
  const chain = people.map(({ id, purpose }, at) => ({
    id: `dlg_${String(at).padStart(26, '0')}` as DelegationId,
    from: (people[at - 1]?.id ?? first.ownerId) as PersonId,
    to: id as AgentId,
    ...{ limits, revoked: false, purpose, createdAt: openedAt },
  }));
  const chainIds = chain.map(({ id }) => id);
  return {
    ...{
      id: task,
      agentId: agent.id,
      delegationId: chainIds.at(-1) ?? '',
      chain,
      chainIds,
      parentIds: [],
      limits,
    },
    ...{ ownerId: agent.ownerId, rootPersonId: first.ownerId, purpose: given.purpose, prompt: null },
    ...{ openedAt, openedRecord: null, expiresAt, endedAt: null, models: new ModelTrail() },
    usage: { calls: given.calls, spendMinor: given.spendMinor, rows: given.rows, bytes: given.bytes },
    history: imagineHistory(given, now),
    reserve: () => [],
    giveBack: () => [],
    remaining: () => Number.POSITIVE_INFINITY,
  };
}

function imagineHistory({ done, labels, spendMinor }: TestTask, now: number): TaskHistory {
  const kinds = [
    ...(done?.upstreams ?? []).map((name) => ({ fact: 'upstream', name, times: 1 }) as const),
    ...(done?.tools ?? []).map((name) => ({ fact: 'tool', name, times: 1 }) as const),
    ...(done?.dataDomains ?? []).map((name) => ({ fact: 'data_domain', name, times: 1 }) as const),
    ...(done?.effects ?? []).map((name) => ({ fact: 'effect', name, times: 1 }) as const),
    ...(labels === undefined ? [] : listLabelFacts(labels)).map(
      (name) => ({ fact: 'label', name, times: 1 }) as const,
    ),
    { fact: 'denial', name: '', times: done?.denials ?? 0 } as const,
  ];
  const history = new TaskHistory(task, kinds, () => spendMinor);
  for (const step of done?.order ?? []) {
    const { ended, secondsAgo, tool, dataDomain, effects, labels } = step;
    const when = { at: now - secondsAgo * 1000, isOrdered: () => true };
    if (ended === 'denied') {
      history.noteDenial(tool, when.at);
      continue;
    }
    const facts: TaskFact[] = [
      ...(tool === undefined ? [] : [{ kind: 'tool', name: tool } as const]),
      ...(tool === undefined ? [] : [{ kind: 'upstream', name: tool.split('/')[0] ?? '' } as const]),
      ...(dataDomain === undefined ? [] : [{ kind: 'data_domain', name: dataDomain } as const]),
      ...effects.map((name) => ({ kind: 'effect', name }) as const),
      ...labels.map((name) => ({ kind: 'label', name }) as const),
    ];
    history.note(facts, when);
    if (ended === 'completed') history.noteCompletion(facts, when);
  }
  return history;
}

function readOwn<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
