import { AppError } from '@countersign/api';
import type { AgentFacts } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import { type LeasedTask, loadRecordedTask, ModelTrail, type RecordedTask } from '../../tasks/index.ts';
import { actionKindOf, everyUpstream, type PinnedTool } from '../../upstreams/index.ts';
import type { ToolSource } from '../list-pinned-tools.ts';
import type { DecisionRequest } from '../policy-state.ts';
import {
  type DecisionBody,
  decisionBody,
  intentBody,
  type RecordedDecision,
  readFacts,
} from './recorded-decision.ts';
import {
  readHistory,
  readPlanFacts,
  readProvenance,
  readRisks,
  readToday,
  readUsage,
  unknownFlow,
} from './recorded-history.ts';
import type { RequestFacts } from './request-facts.ts';

/** What is needed to look back. */
export type ReplayContext = Pick<Context, 'agents' | 'config' | 'platform' | 'policies' | 'store'> & {
  readonly upstreams: ToolSource;
};

/** Why a decision cannot be repeated, whatever the policies read. */
export type NotRebuilt =
  | 'erased'
  | 'unreadable'
  | 'not_captured'
  | 'other_types'
  | 'every_upstream'
  | 'mapped'
  | 'upstream_gone'
  | 'tool_changed'
  | 'task_gone'
  | 'agent_gone';

export type Rebuilt =
  | {
      readonly ok: true;
      readonly request: DecisionRequest;
      readonly body: DecisionBody;
      /** What the record does not say, and is taken as it is today. */
      readonly assumed: readonly string[];
    }
  | { readonly ok: false; readonly reason: NotRebuilt };

type IntentBody = ReturnType<typeof intentBody.parse>;

const TASKS_HELD = 2_000;
const TOOLS_HELD = 1_000;

/**
 * Makes the requests of the path again from what was recorded of them. The one place that reads it back; holds a bounded
 * number of tasks and tools, for one replay.
 */
export class RequestRebuilder {
  readonly #context: ReplayContext;
  readonly #tasks = new RecentMap<RecordedTask>(TASKS_HELD);
  /** The same object for the same tool, as policies are fitted to it once. */
  readonly #tools = new RecentMap<PinnedTool>(TOOLS_HELD);

  constructor(context: ReplayContext) {
    this.#context = context;
  }

  async rebuild({ decision, intent }: RecordedDecision): Promise<Rebuilt> {
    if (decision.erased || intent.erased) return { ok: false, reason: 'erased' };
    if (intent.task === undefined || intent.agent === undefined) return { ok: false, reason: 'other_types' };
    const asked = intentBody.safeParse(intent.body);
    const decided = decisionBody.safeParse(decision.body);
    if (intent.upstream === everyUpstream) return { ok: false, reason: 'every_upstream' };
    if (!asked.success || !decided.success) return { ok: false, reason: 'unreadable' };
    if (asked.data.omitted !== undefined) return { ok: false, reason: 'not_captured' };
    // What its tool's policies say is not what was decided.
    if (decided.data.mapped?.some(({ effect }) => effect !== 'allow')) return { ok: false, reason: 'mapped' };
    const facts = readFacts(decided.data);
    const upstream = this.#context.upstreams.find(intent.upstream ?? '');
    if (upstream === undefined) return { ok: false, reason: 'upstream_gone' };
    const tool = this.#findTool(upstream.tool(asked.data.target), asked.data, facts);
    if (tool === undefined) return { ok: false, reason: 'tool_changed' };
    const task = await orUndefined(this.#findTask(intent.task), 'task.not_found');
    if (task === undefined) return { ok: false, reason: 'task_gone' };
    const members = await orUndefined(this.#findAgents(intent.agents ?? [intent.agent]), 'agent.not_found');
    const agents = members?.map((agent, index) => putBack(agent, facts?.agents[index]));
    const agent = agents?.at(-1);
    if (agents === undefined || agent === undefined) return { ok: false, reason: 'agent_gone' };
    const request: DecisionRequest = {
      agent,
      givers: agents.slice(0, -1),
      rootRoles: facts?.rootRoles ?? (await this.#context.agents.getRoles(task.rootPersonId)),
      risks: readRisks(facts),
      task: putInTask(task, agent, facts),
      operation: asked.data.operation,
      upstream: upstream.name,
      kind: facts?.kind ?? actionKindOf(upstream),
      tool,
      target: asked.data.target,
      arguments: asked.data.arguments,
      effects: asked.data.effects,
      dataDomain: asked.data.dataDomain,
      environment: facts?.environment ?? upstream.environment,
      binding: facts?.binding ?? 'dpop',
      tokenIssuedAt: facts?.tokenIssuedAt ?? null,
      provenance: readProvenance(facts),
      now: facts?.now ?? decision.at,
      flow: facts?.flow ?? unknownFlow,
      today: readToday(facts),
      plan: readPlanFacts(facts),
      ...(asked.data.predicted === undefined ? {} : { predicted: asked.data.predicted }),
    };
    return { ok: true, request, body: decided.data, assumed: facts === undefined ? ASSUMED : [] };
  }

  async #findTask(id: string): Promise<RecordedTask> {
    const known = this.#tasks.get(id);
    if (known !== undefined) return known;
    const task = await loadRecordedTask(this.#context.store.sql, id);
    this.#tasks.add(id, task);
    return task;
  }

  #findAgents(ids: readonly string[]): Promise<AgentFacts[]> {
    return Promise.all(ids.map((id) => this.#context.agents.get(id)));
  }

  /** Null for an operation without a tool; undefined when the tool is no longer what it was. */
  #findTool(
    pinned: PinnedTool | undefined,
    { toolDigest, effects, dataDomain }: IntentBody,
    facts: RequestFacts | undefined,
  ): PinnedTool | null | undefined {
    if (toolDigest === undefined) return null;
    if (pinned === undefined || pinned.digest !== toolDigest) return undefined;
    const { confirmed = pinned.confirmed, reversibility = pinned.reversibility } = facts ?? {};
    const then = { effects, dataDomain, confirmed, reversibility };
    if (isSame(pinned, then)) return pinned;
    const key = JSON.stringify([pinned.upstream, pinned.name, toolDigest, then]);
    const known = this.#tools.get(key);
    if (known !== undefined) return known;
    const tool: PinnedTool = {
      ...pinned,
      ...then,
      validateArguments: (value) => pinned.validateArguments(value),
    };
    this.#tools.add(key, tool);
    return tool;
  }
}

/** What older records do not hold, but for what nobody can know. */
const ASSUMED: readonly string[] = [
  'the groups, owners and roles of the agents',
  'the roles of the person it all began with',
  'the environment of the upstream',
  'how possession of the token was proven, and its age',
  'the reversibility of the tool and whether it was confirmed',
];

type Classification = Pick<PinnedTool, 'effects' | 'dataDomain' | 'confirmed' | 'reversibility'>;

function isSame(pinned: Classification, then: Classification): boolean {
  return (
    pinned.dataDomain === then.dataDomain &&
    pinned.confirmed === then.confirmed &&
    pinned.reversibility === then.reversibility &&
    pinned.effects.join() === then.effects.join()
  );
}

function putBack(agent: AgentFacts, facts: RequestFacts['agents'][number] | undefined): AgentFacts {
  if (facts === undefined) return agent;
  return { ...agent, groups: facts.groups, ownerId: facts.owner, ownerRoles: facts.roles };
}

function putInTask(task: RecordedTask, agent: AgentFacts, facts: RequestFacts | undefined): LeasedTask {
  return {
    ...task,
    ownerId: agent.ownerId,
    parentIds: [],
    prompt: null,
    openedRecord: null,
    models: new ModelTrail(),
    expiresAt: task.limits.expiresAt,
    endedAt: null,
    usage: readUsage(facts),
    history: readHistory(task.id, facts),
    reserve: () => [],
    giveBack: () => [],
    remaining: () => 0,
  };
}

async function orUndefined<T>(found: Promise<T>, code: string): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AppError && error.code === code) return undefined;
    throw error;
  }
}
