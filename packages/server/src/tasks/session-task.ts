import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import { requireUnpaused } from './cascades/index.ts';
import { endTask } from './end-task.ts';
import { loadTaskLine } from './load-task-line.ts';
import { longestTaskSeconds, openTask } from './open-task.ts';

/** A session of a program that asks through hooks: the program's own name for it, worth nothing at another hook. */
export interface HookSession {
  readonly point: string;
  readonly agentId: string;
  readonly id: string;
}

/** What a person typed there, as the program says. */
export interface ToldPrompt {
  readonly text: string;
  /** Whether one that comes later counts too, in a task of its own that forgets nothing. */
  readonly countsLater: boolean;
}

export interface SessionTask {
  readonly taskId: string;
  /** Whether the prompt that was told is what the task holds its calls against. */
  readonly promptCounts: boolean;
}

const longestPrompt = 16_384;
/** As long as the secret of a hook may live. */
const rememberedMilliseconds = 30 * 86_400_000;
const purpose = 'A session of a program that asks through hooks';

/**
 * The task a session works in. When it has ended, or a later prompt counts, the next one takes over what was done in it:
 * the model still has in mind what it has read. Throws what `openTask` throws.
 */
export async function openSessionTask(
  context: Context,
  session: HookSession,
  prompt: ToldPrompt | null,
): Promise<SessionTask> {
  const last = await findSession(context, session);
  const isOpen = last !== undefined && (await isTaskOpen(context, last));
  if (isOpen && prompt === null) return { taskId: last, promptCounts: false };
  if (isOpen && prompt?.countsLater === false) {
    await recordTold(context, session, last, prompt.text);
    return { taskId: last, promptCounts: false };
  }
  // After what it has read, a prompt that only the program vouches for must not make a task that knows nothing of it.
  const counts = prompt !== null && (last === undefined || prompt.countsLater);
  const told = counts ? readable(prompt.text) : await findPrompt(context, last);
  if (last !== undefined) await requireLooked(context, session, last);
  const task = await openTask(context, actorOf(session), {
    purpose,
    ttlSeconds: longestTaskSeconds,
    ...(told === null ? {} : { prompt: told }),
  });
  // Under a parent, both write into the history of that one.
  if (last !== undefined && task.parentTaskId === null) await takeOver(context, last, task.id);
  await keep(context, session, task.id);
  if (isOpen) await endTask(context, actorOf(session), { taskId: last });
  if (prompt !== null && !counts) await recordTold(context, session, task.id, prompt.text);
  return { taskId: task.id, promptCounts: counts };
}

/**
 * The session is over, as the program says; should it go on, it goes on in a task that forgets nothing. One whose work is
 * paused stays as it is until a person has looked at it, or its time is over.
 */
export async function endSessionTask(context: Context, session: HookSession): Promise<void> {
  const taskId = await findSession(context, session);
  if (taskId === undefined || !(await isTaskOpen(context, taskId))) return;
  try {
    await endTask(context, actorOf(session), { taskId });
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'task.paused')) throw thrown;
  }
}

/** Nobody goes on after a pause by going on in another task. Throws `task.paused`. */
async function requireLooked(context: Context, { agentId }: HookSession, last: string): Promise<void> {
  const [first] = await loadTaskLine(context.store.sql, last);
  await requireUnpaused(context.store.sql, first?.id ?? last, agentId);
}

const actorOf = ({ agentId, point }: HookSession) => ({ kind: 'agent', agent: agentId, key: point }) as const;

async function findSession({ store }: Context, { point, id }: HookSession): Promise<string | undefined> {
  const row = await store.sql
    .selectFrom('hook_sessions')
    .select('task_id')
    .where('enforcement_point_id', '=', point)
    .where('session_id', '=', id)
    .executeTakeFirst();
  return row?.task_id;
}

async function keep(context: Context, { point, id }: HookSession, taskId: string): Promise<void> {
  const changed = { task_id: taskId, changed_at: context.platform.now() };
  await context.store.transaction(async (tx) => {
    await tx.sql
      .deleteFrom('hook_sessions')
      .where('enforcement_point_id', '=', point)
      .where('changed_at', '<', changed.changed_at - rememberedMilliseconds)
      .execute();
    await tx.sql
      .insertInto('hook_sessions')
      .values({ enforcement_point_id: point, session_id: id, ...changed })
      .onConflict((oc) => oc.columns(['enforcement_point_id', 'session_id']).doUpdateSet(changed))
      .execute();
  });
}

/** What the task before was held against still holds: nobody is let off a plan by waiting. */
async function findPrompt(context: Context, last: string | undefined): Promise<string | null> {
  return last === undefined ? null : (await context.tasks.look(last)).prompt;
}

async function isTaskOpen(context: Context, taskId: string): Promise<boolean> {
  const { endedAt, expiresAt } = await context.tasks.look(taskId);
  return endedAt === null && expiresAt > context.platform.now();
}

/** Before anything is done in the new task, and before it is held in memory. */
async function takeOver(context: Context, from: string, to: string): Promise<void> {
  await context.store.transaction(async (tx) => {
    const facts = await tx.sql
      .selectFrom('task_facts')
      .selectAll()
      .where('task_id', '=', from)
      // Entries of another plan than the new task has.
      .where('fact', '!=', 'grant_use')
      .execute();
    for (const fact of facts) {
      await tx.sql
        .insertInto('task_facts')
        .values({ ...fact, task_id: to })
        .onConflict((oc) => oc.doNothing())
        .execute();
    }
  });
}

async function recordTold(
  context: Context,
  { agentId, point }: HookSession,
  taskId: string,
  text: string,
): Promise<void> {
  const body = { characters: text.length, counts: false, digest: sha256(text), toldBy: point };
  const at = context.platform.now();
  const id = context.platform.newId('rec');
  const { openedRecord } = await context.tasks.look(taskId);
  const causes = openedRecord === null ? [] : [openedRecord];
  await context.store.append([
    { id, kind: 'task.prompt_told', at, causes, agent: agentId, task: taskId, body },
  ]);
}

/** What a prompt may not hold would refuse the whole task; a shorter one proves less, never more. */
function readable(text: string): string {
  const plain = text.toWellFormed().replace(/[^\P{Cc}\n\t]/gu, ' ');
  return plain.slice(0, longestPrompt).toWellFormed().trim() || '-';
}
