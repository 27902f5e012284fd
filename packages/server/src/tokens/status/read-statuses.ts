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
 * What has become of tokens and of all they rest on, by `jti`: revocations, agent, key or workload, task, every
 * delegation, stops. Asks the store. Throws `token.status_unknown` when it does not answer.
 */
export async function readStatuses(
  context: StatusContext,
  tokens: readonly ListedToken[],
): Promise<ReadonlyMap<string, TokenStatus>> {
  await context.tokens.status.requireConfirmed();
  const now = context.platform.now();
  const tasks = new Set(tokens.flatMap(({ taskId }) => taskId ?? []));
  const delegations = new Set(tokens.flatMap(({ chain }) => chain));
  const ended = new Set([
    ...(await findEndedTasks(context, tasks, now)),
    ...(await findEndedDelegations(context, delegations, now)),
  ]);
  const agents = await loadAgents(context, new Set(tokens.map(({ agentId }) => agentId)));
  return new Map(
    tokens.map((token) => {
      const agent = agents.get(token.agentId);
      return [token.jti, agent === undefined ? 'invalid' : judge(context, { token, agent, ended, now })];
    }),
  );
}

function judge(
  { stops, tokens }: StatusContext,
  given: { token: ListedToken; agent: AgentFacts; ended: ReadonlySet<string>; now: number },
): TokenStatus {
  const { token, agent, ended, now } = given;
  if (tokens.revoked.has(token.jti) || token.expiresAt <= now) return 'invalid';
  if (token.taskId !== null && ended.has(token.taskId)) return 'invalid';
  if (token.chain.some((id) => ended.has(id))) return 'invalid';
  if (agent.state !== 'active') return agent.state === 'suspended' ? 'suspended' : 'invalid';
  if (!isCredentialValid(agent, token, now)) return 'invalid';
  const isStopped =
    stops.isStopped('everything', everything) ||
    stops.isStopped('agent', agent.id) ||
    stops.isStopped('owner', agent.ownerId) ||
    (token.taskId !== null && stops.isStopped('task', token.taskId)) ||
    token.chain.some((id) => stops.isStopped('delegation', id));
  return isStopped ? 'suspended' : 'valid';
}

async function findEndedTasks({ store }: StatusContext, ids: ReadonlySet<string>, now: number) {
  const found: string[] = [];
  for (const some of chunk(ids)) {
    const rows = await store.sql
      .selectFrom('tasks')
      .select('id')
      .where('id', 'in', some)
      .where((where) => where.or([where('ended_at', 'is not', null), where('expires_at', '<=', now)]))
      .execute();
    found.push(...rows.map(({ id }) => id));
  }
  return found;
}

async function findEndedDelegations({ store }: StatusContext, ids: ReadonlySet<string>, now: number) {
  const found: string[] = [];
  for (const some of chunk(ids)) {
    const rows = await store.sql
      .selectFrom('delegations')
      .select('id')
      .where('id', 'in', some)
      .where((where) => where.or([where('revoked_at', 'is not', null), where('expires_at', '<=', now)]))
      .execute();
    found.push(...rows.map(({ id }) => id));
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
