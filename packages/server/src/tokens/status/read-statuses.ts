import { toAppError } from '@countersign/api';
import { type AgentFacts, isCredentialValid } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { everything } from '../../signals/index.ts';
import type { ListedToken } from './status-lists.ts';

/** Token Status List §7: it may be used; never again; not while a stop is in force. */
export type TokenStatus = 'valid' | 'invalid' | 'suspended';

type StatusContext = Pick<Context, 'agents' | 'platform' | 'stops' | 'store' | 'tokens'>;

// Statements have a bounded number of parameters.
const idsInStatement = 500;

/**
 * What has become of tokens and of all they rest on, by `jti`: revocations, agent, key or workload, task and those it
 * works for, every delegation and who passed it on, stops. Asks the store. Throws `token.status_unknown` when it does
 * not answer.
 */
export async function readStatuses(
  context: StatusContext,
  tokens: readonly ListedToken[],
): Promise<ReadonlyMap<string, TokenStatus>> {
  await context.tokens.status.requireConfirmed();
  const now = context.platform.now();
  const tasks = await loadTasks(context, new Set(tokens.flatMap(({ taskId }) => taskId ?? [])), now);
  const links = await loadLinks(context, new Set(tokens.flatMap(({ chain }) => chain)), now);
  const givers = [...links.values()].map(({ agentId }) => agentId);
  const agents = await loadAgents(context, new Set([...tokens.map(({ agentId }) => agentId), ...givers]));
  return new Map(tokens.map((token) => [token.jti, judge(context, token, { tasks, links, agents, now })]));
}

interface Ground {
  readonly tasks: ReadonlyMap<string, TaskFacts>;
  readonly links: ReadonlyMap<string, LinkFacts>;
  readonly agents: ReadonlyMap<string, AgentFacts>;
  readonly now: number;
}

interface TaskFacts {
  readonly parentId: string | null;
  readonly hasEnded: boolean;
}

interface LinkFacts {
  readonly agentId: string;
  readonly rootPersonId: string;
  readonly hasEnded: boolean;
}

function judge({ stops, tokens }: StatusContext, token: ListedToken, ground: Ground): TokenStatus {
  const { links, now } = ground;
  if (tokens.revoked.has(token.jti) || token.expiresAt <= now) return 'invalid';
  const line = listLine(ground, token.taskId);
  if (line.some((id) => ground.tasks.get(id)?.hasEnded === true)) return 'invalid';
  const chain = token.chain.flatMap((id) => links.get(id) ?? []);
  if (chain.length < token.chain.length || chain.some((link) => link.hasEnded)) return 'invalid';
  const own = ground.agents.get(token.agentId);
  if (own === undefined || !isCredentialValid(own, token, now)) return 'invalid';
  // Who is out of action has passed nothing on.
  const agents = [own, ...chain.flatMap((link) => ground.agents.get(link.agentId) ?? [])];
  const state = agents.find((agent) => agent.state !== 'active')?.state ?? 'active';
  if (state !== 'active') return state === 'suspended' ? 'suspended' : 'invalid';
  const owners = [...agents.map((agent) => agent.ownerId), ...chain.map((link) => link.rootPersonId)];
  const isStopped =
    stops.isStopped('everything', everything) ||
    agents.some((agent) => stops.isStopped('agent', agent.id)) ||
    owners.some((id) => stops.isStopped('owner', id)) ||
    line.some((id) => stops.isStopped('task', id)) ||
    token.chain.some((id) => stops.isStopped('delegation', id));
  return isStopped ? 'suspended' : 'valid';
}

/** The task and those it works for. */
function listLine({ tasks }: Ground, taskId: string | null): readonly string[] {
  const line: string[] = [];
  for (let next = taskId; next !== null && !line.includes(next); next = tasks.get(next)?.parentId ?? null) {
    line.push(next);
  }
  return line;
}

async function loadTasks({ store }: StatusContext, ids: ReadonlySet<string>, now: number) {
  const found = new Map<string, TaskFacts>();
  for (let wanted = ids; wanted.size > 0; ) {
    for (const some of chunk(wanted)) {
      const rows = await store.sql
        .selectFrom('tasks')
        .select(['id', 'parent_task_id', 'ended_at', 'expires_at'])
        .where('id', 'in', some)
        .execute();
      for (const row of rows) {
        const hasEnded = row.ended_at !== null || row.expires_at <= now;
        found.set(row.id, { parentId: row.parent_task_id, hasEnded });
      }
    }
    // What is not there cannot be open.
    for (const id of wanted) if (!found.has(id)) found.set(id, { parentId: null, hasEnded: true });
    const parents = [...found.values()].flatMap(({ parentId }) => parentId ?? []);
    wanted = new Set(parents.filter((id) => !found.has(id)));
  }
  return found;
}

async function loadLinks({ store }: StatusContext, ids: ReadonlySet<string>, now: number) {
  const found = new Map<string, LinkFacts>();
  for (const some of chunk(ids)) {
    const rows = await store.sql
      .selectFrom('delegations')
      .select(['id', 'agent_id', 'root_person_id', 'revoked_at', 'expires_at'])
      .where('id', 'in', some)
      .execute();
    for (const row of rows) {
      const hasEnded = row.revoked_at !== null || row.expires_at <= now;
      found.set(row.id, { agentId: row.agent_id, rootPersonId: row.root_person_id, hasEnded });
    }
  }
  return found;
}

async function loadAgents(
  { agents }: StatusContext,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, AgentFacts>> {
  const found = new Map<string, AgentFacts>();
  for (const id of ids) {
    try {
      found.set(id, await agents.get(id));
    } catch (thrown) {
      if (toAppError(thrown).code !== 'agent.not_found') throw thrown;
    }
  }
  return found;
}

function* chunk(ids: ReadonlySet<string>): Iterable<readonly string[]> {
  const all = [...ids];
  for (let from = 0; from < all.length; from += idsInStatement) yield all.slice(from, from + idsInStatement);
}
