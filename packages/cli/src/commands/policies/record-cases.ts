import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { type AgentFacts, findAgentId } from '../agents/agent.ts';
import type { LedgerRecordFacts } from '../ledger/record.ts';
import type { TaskFacts } from '../tasks/task.ts';
import type { ToolFacts, UpstreamFacts } from '../upstreams/upstream.ts';

export interface Recording {
  readonly folder: string;
  readonly last: number;
  readonly agent?: string;
  /** Arguments without their texts. */
  readonly redact: boolean;
}

/**
 * Writes the newest decisions of policies on tool calls as cases, and the tools that they are about where no file of the
 * folder describes them. Returns the paths it wrote. What a task had used by then is not known, and is told as nothing.
 */
export async function recordCases(
  api: ControlClient,
  { folder, last, agent, redact }: Recording,
): Promise<readonly string[]> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CliError(`${folder} is no folder`);
  const query = {
    kind: 'action.decision',
    ...(agent === undefined ? {} : { agent: await findAgentId(api, agent) }),
  };
  const decisions = await api.list<LedgerRecordFacts>(
    '/v1/ledger',
    { ...query, limit: Math.min(Math.max(last, 1), 500) },
    last,
  );
  const agents: Record<string, object> = {};
  const tasks: Record<string, object> = {};
  const cases: object[] = [];
  const upstreams = new Set<string>();
  for (const decision of decisions) {
    const { body = {}, upstream, tool, drill } = decision;
    // Nobody works as a drill does, and its agents are gone.
    if (drill !== undefined) continue;
    if (body.decidedBy !== 'policy' || upstream === undefined || tool === undefined) continue;
    const intent = await findIntent(api, decision);
    if (intent === undefined || decision.agent === undefined || decision.task === undefined) continue;
    const facts = await api.get<AgentFacts>(`/v1/agents/${encodeURIComponent(decision.agent)}`);
    const task = await api.get<TaskFacts>(`/v1/tasks/${encodeURIComponent(decision.task)}`);
    const { id, ownerId: owner, purpose, environment, groups } = facts;
    agents[facts.name] = { id, owner, purpose, environment, groups };
    tasks[task.id] = {
      purpose: task.purpose,
      ageSeconds: Math.max(0, Math.floor((intent.at - task.openedAt) / 1000)),
    };
    upstreams.add(upstream);
    cases.push({
      name: `${decision.action ?? decision.id}: ${facts.name}, ${upstream}/${tool}`,
      ...{ agent: facts.name, task: task.id, tool: `${upstream}/${tool}` },
      arguments: redact ? redactTexts(intent.body?.arguments ?? {}) : (intent.body?.arguments ?? {}),
      context: {
        time: new Date(intent.at).toISOString(),
        ...findProvenance(body.facts),
        ...findRisk(body.facts, owner),
      },
      expect: { decision: body.effect, reasons: body.policies },
    });
  }
  if (cases.length === 0)
    throw new CliError('no decision of a policy on a tool call is there to be recorded');
  const { writeTestFile } = await import('@countersign/server/authoring');
  const path = join(folder, 'recorded.test.yaml');
  writeFileSync(path, writeTestFile({ agents, tasks, cases: cases.reverse() }));
  const described = await Promise.all([...upstreams].map((name) => recordTools(api, folder, name)));
  return [path, ...described.flat()];
}

function findRisk(facts: unknown, owner: string): { readonly risk?: string } {
  const { risks = [] } = (facts ?? {}) as { readonly risks?: readonly NotedRisk[] };
  const level = risks.find(({ person }) => person === owner)?.level;
  return level === undefined ? {} : { risk: level };
}

interface NotedRisk {
  readonly level: string;
  readonly person: string;
}

/** By role, as a case says it. */
function findProvenance(facts: unknown): { readonly provenance?: Readonly<Record<string, unknown>> } {
  const { provenance } = (facts ?? {}) as { readonly provenance?: readonly NotedTrace[] };
  if (provenance === undefined || provenance.length === 0) return {};
  const byRole: Record<string, readonly string[]> = {};
  for (const { role, origins } of provenance) {
    byRole[role] = [...new Set([...(byRole[role] ?? []), ...origins])];
  }
  return { provenance: byRole };
}

interface NotedTrace {
  readonly role: string;
  readonly origins: readonly string[];
}

async function findIntent(
  api: ControlClient,
  { action, causes }: LedgerRecordFacts,
): Promise<LedgerRecordFacts | undefined> {
  if (action === undefined) return undefined;
  const intents = await api.list<LedgerRecordFacts>(
    '/v1/ledger',
    { action, kind: 'action.intent', limit: 50 },
    50,
  );
  return intents.find(({ id, erased }) => causes.includes(id) && !erased);
}

async function recordTools(api: ControlClient, folder: string, name: string): Promise<readonly string[]> {
  const path = join(folder, `${name}.tools.json`);
  if (existsSync(path)) return [];
  const base = `/v1/upstreams/${encodeURIComponent(name)}`;
  const { environment } = await api.get<UpstreamFacts>(base);
  const listed = await api.list<ToolFacts & { reversibility?: string }>(`${base}/tools`);
  const tools = [];
  for (const tool of listed) {
    type Review = {
      readonly pinned: { readonly inputSchema?: object } | null;
      readonly offered: Review['pinned'];
    };
    const review = await api.get<Review>(`${base}/tools/${encodeURIComponent(tool.name)}`);
    const { effects, reversibility, dataDomain, confirmed, amountPointer, amountCurrency } = tool;
    const amount =
      amountPointer === null ? {} : { amount: { pointer: amountPointer, currency: amountCurrency ?? '' } };
    const inputSchema = (review.pinned ?? review.offered)?.inputSchema ?? { type: 'object' };
    tools.push({ name: tool.name, effects, reversibility, dataDomain, confirmed, ...amount, inputSchema });
  }
  writeFileSync(path, `${JSON.stringify({ upstream: name, environment, tools }, null, 2)}\n`);
  return [path];
}

/** Every text becomes one that says nothing; numbers, truth values and the shape stay. */
function redactTexts(value: unknown): unknown {
  if (typeof value === 'string') return 'redacted';
  if (Array.isArray(value)) return value.map(redactTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redactTexts(member)]));
}
