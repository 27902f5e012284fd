import { AppError } from '@countersign/api';
import {
  type AgentId,
  checkChain,
  intersect,
  isWithin,
  type JsonObject,
  type Limits,
  mayAgentAct,
} from '@countersign/core';
import { z } from 'zod';
import { loadAgent } from '../agents/index.ts';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import { requireUnstopped } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
import { countLive } from './count-live.ts';
import { type DelegationRow, loadDelegation, toChainLink } from './delegation-row.ts';
import { type DelegationView, showDelegation } from './delegation-view.ts';
import { passedLimitsSchema } from './limits-schema.ts';
import { loadChain } from './load-chain.ts';
import { narrowLimits } from './narrow-limits.ts';
import { requireApprovers } from './require-approvers.ts';
import { requireMembers } from './require-members.ts';
import { traceGiven } from './trace-given.ts';

const mostChildren = 256;
/** So that cutting any link stays one short transaction. */
const mostBelowRoot = 1024;

/** What an agent says when it passes authority on. What the limits leave out stays as it holds it itself. */
export const passOnInput = z
  .strictObject({
    agentId: idSchema('agt'),
    /** The delegation it holds and passes on a part of. */
    parentId: idSchema('dlg').optional(),
    /** Instead: its own open task, within whose limits the delegation lies and with which it ends. */
    taskId: idSchema('tsk').optional(),
    purpose: plainLine(500),
    limits: passedLimitsSchema.default({ depth: 0 }),
  })
  .refine((given) => (given.parentId === undefined) !== (given.taskId === undefined), {
    message: 'exactly one of parentId and taskId is needed',
  });

type AgentActor = Extract<Actor, { kind: 'agent' }>;

/** What the agent passes a part of. */
interface Source {
  readonly chain: readonly DelegationRow[];
  readonly limits: Limits;
  readonly taskId: string | null;
  /** Records it follows from. */
  readonly causes: readonly string[];
}

/**
 * Lets another agent act on a part of what this one holds. Proven narrower over the whole chain that it makes, in the
 * transaction that makes it. Budgets may add up to more than the parent's: what is spent counts at every link up to the
 * person's, so they are shared and never overdrawn. Throws `delegation.exceeds_parent`, `delegation.too_deep`,
 * `delegation.cycle`, `delegation.too_many`, `delegation.not_active`, `agent.not_active`, `task.not_open`,
 * `signal.stopped`; another agent's delegation or task is answered like none.
 */
export async function passOn(context: Context, actor: AgentActor, input: unknown): Promise<DelegationView> {
  const given = passOnInput.parse(input);
  const now = context.platform.now();
  const { agent: giver } = actor;
  const { purpose, taskId } = given;
  const said = { limits: given.limits as JsonObject, purpose };
  const told =
    taskId === undefined ? { causes: [], body: {} } : await traceGiven(context, { taskId, giver }, said);
  return context.store.transaction(async (tx) => {
    const source = await loadSource(tx, actor.agent, given, now);
    const { chain } = source;
    const standing = await requireMembers(tx.sql, chain);
    await checkStops(context, tx, { agent: actor.agent, source, standing });
    if (source.taskId !== null) await noteChild(context, tx, source.taskId, actor.agent);
    const delegate = await loadAgent(tx.sql, given.agentId);
    if (chain.some((row) => row.agent_id === delegate.id)) throw new AppError('delegation.cycle');
    if (!mayAgentAct(delegate.state) || delegate.owner_state !== 'active') {
      throw new AppError('agent.not_active');
    }
    const limits = narrow(source.limits, given.limits);
    const personId = chain[0]?.root_person_id ?? '';
    await requireApprovers(context, tx.sql, { agent: delegate, personId, limits });
    const row = makeRow(context, actor.agent, given, source, limits);
    const links = [...chain, row].map(toChainLink);
    // The rules above say why; this is the proof, over everything at once.
    if (!checkChain({ holder: delegate.id as AgentId, links }, now).valid) {
      throw new AppError('delegation.not_active');
    }
    await requireRoom(tx, chain, now);
    await tx.sql.insertInto('delegations').values(row).execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'delegation.created',
      at: now,
      causes: [...new Set([...delegate.causes, ...source.causes, ...told.causes])],
      agent: delegate.id,
      agents: [...chain.map((link) => link.agent_id), delegate.id],
      ...(row.task_id === null ? {} : { task: row.task_id }),
      person: row.root_person_id,
      key: actor.key,
      chain: links.map((link) => link.id),
      body: {
        ...{ by: giver, parent: row.parent_id, purpose, limits, isDefault: false },
        ...told.body,
      },
    });
    return showDelegation(await loadDelegation(tx.sql, row.id), now);
  });
}

/** What is passed on in a task is one more that works in it. Throws `task.fan_out`, `task.paused`. */
async function noteChild(context: Context, tx: Transaction, task: string, agent: string): Promise<void> {
  const { root } = await tx.sql
    .withRecursive('line(id, parent)', (from) =>
      from
        .selectFrom('tasks')
        .select(['tasks.id', 'tasks.parent_task_id as parent'])
        .where('tasks.id', '=', task)
        .union((query) =>
          query
            .selectFrom('line')
            .innerJoin('tasks', 'tasks.id', 'line.parent')
            .select(['tasks.id', 'tasks.parent_task_id as parent']),
        ),
    )
    .selectFrom('line')
    .select('line.id as root')
    .where('line.parent', 'is', null)
    .executeTakeFirstOrThrow();
  context.cascades.noteChild({ root, task, agent });
}

async function loadSource(
  tx: Transaction,
  agentId: string,
  given: z.infer<typeof passOnInput>,
  now: number,
): Promise<Source> {
  const task = given.taskId === undefined ? undefined : await loadOwnTask(tx, agentId, given.taskId, now);
  const chain = await loadChain(tx.sql, task?.delegation_id ?? given.parentId ?? '');
  const own = chain.at(-1);
  if (own?.agent_id !== agentId) throw new AppError('delegation.not_found');
  const checked = checkChain({ holder: agentId as AgentId, links: chain.map(toChainLink) }, now);
  if (!checked.valid) throw new AppError('delegation.not_active');
  const { created } = await tx.sql
    .selectFrom('delegations')
    .select(firstRecord('delegations.id', 'delegation.created').as('created'))
    .where('delegations.id', '=', own.id)
    .executeTakeFirstOrThrow();
  const limits =
    task === undefined ? checked.limits : intersect(checked.limits, JSON.parse(task.limits) as Limits);
  const causes = [created, task?.opened_record ?? null].filter((record) => record !== null);
  return { chain, limits, taskId: task?.id ?? null, causes };
}

async function loadOwnTask(tx: Transaction, agentId: string, taskId: string, now: number) {
  const task = await tx.sql
    .selectFrom('tasks')
    .selectAll()
    .select(firstRecord('tasks.id', 'task.opened').as('opened_record'))
    .where('tasks.id', '=', taskId)
    .executeTakeFirst();
  if (task?.agent_id !== agentId) throw new AppError('task.not_found');
  if (task.ended_at !== null || task.expires_at <= now) throw new AppError('task.not_open');
  return task;
}

function checkStops(
  context: Context,
  tx: Transaction,
  given: { agent: string; source: Source; standing: Awaited<ReturnType<typeof requireMembers>> },
): Promise<void> {
  const { agent, source, standing } = given;
  const { chain, taskId } = source;
  const chainIds = chain.map((row) => row.id);
  const scopes = { agent, owner: '', task: taskId ?? '', chain: chainIds };
  const through = { ...standing, tasks: [] };
  return requireUnstopped(context, tx, { ...scopes, through, action: '', upstream: '', tool: '' });
}

/** Throws `delegation.too_deep`, `delegation.exceeds_parent` with what reaches further. */
function narrow(held: Limits, wanted: z.infer<typeof passedLimitsSchema>): Limits {
  if (held.depth < 1) throw new AppError('delegation.too_deep');
  const most: Limits = { ...held, depth: held.depth - 1 };
  const limits = narrowLimits(most, wanted);
  const within = isWithin(limits, most);
  if (within.within) return limits;
  const { violations } = within;
  if (violations.every(({ field }) => field === 'depth')) throw new AppError('delegation.too_deep');
  const detail = violations.map((one) => `${one.field}: ${one.detail}`).join('; ');
  throw new AppError('delegation.exceeds_parent', { detail: detail.slice(0, 500), data: { violations } });
}

function makeRow(
  context: Context,
  agentId: string,
  given: z.infer<typeof passOnInput>,
  { chain, taskId }: Source,
  limits: Limits,
): DelegationRow {
  const parent = chain.at(-1);
  return {
    id: context.platform.newId('dlg'),
    parent_id: parent?.id ?? null,
    from_person_id: null,
    from_agent_id: agentId,
    agent_id: given.agentId,
    root_person_id: parent?.root_person_id ?? '',
    task_id: taskId,
    purpose: given.purpose,
    limits: JSON.stringify(limits),
    // Only a person says what an agent does when it names nothing: else one agent could make another act for it unasked.
    is_default: 0,
    created_at: context.platform.now(),
    expires_at: limits.expiresAt,
    revoked_at: null,
    replaced_by: null,
  };
}

async function requireRoom(tx: Transaction, chain: readonly DelegationRow[], now: number): Promise<void> {
  const [root, parent] = [chain[0], chain.at(-1)];
  const { children, below } = await countLive(
    tx.sql,
    { parent: parent?.id ?? '', root: root?.id ?? '' },
    now,
  );
  if (children >= mostChildren || below >= mostBelowRoot) throw new AppError('delegation.too_many');
}
