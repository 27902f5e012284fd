import { type JsonObject, NO_OBLIGATIONS, type Obligations } from '@countersign/core';
import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { PresentedToken } from '../../tokens/index.ts';

export type PeerTask = Selectable<Schema['peer_tasks']>;

/** Whose a task at a peer is. */
export interface Holder {
  readonly upstream: string;
  readonly agentId: string;
  readonly taskId: string;
}

/** An answer that was no task, kept so that its talk can go on. */
export const MESSAGE = 'MESSAGE';
const mostOfOneTask = 1_000;
const idBytes = 16;

export function holderOf(upstream: string, { agentId, taskId }: PresentedToken): Holder {
  return { upstream, agentId, taskId: taskId ?? '' };
}

export function isTheirs(row: PeerTask, { upstream, agentId, taskId }: Holder): boolean {
  return row.upstream === upstream && row.agent_id === agentId && row.task_id === taskId;
}

/**
 * What agents have begun at peer agents, under ids of ours: a peer's own id is of no use here, because whoever shares our
 * credential there could follow any task by it. Forgotten with the task of ours in which it was begun.
 */
export class PeerTasks {
  readonly #context: Pick<Context, 'store' | 'platform'>;

  constructor(context: Pick<Context, 'store' | 'platform' | 'tasks' | 'log'>) {
    this.#context = context;
    context.tasks.onEnded((taskId) => {
      this.#forget(taskId).catch((err: unknown) =>
        context.log.error({ err, task: taskId }, 'forgetting tasks at peer agents failed'),
      );
    });
  }

  find(id: string): Promise<PeerTask | undefined> {
    return this.#rows().where('id', '=', id).executeTakeFirst();
  }

  /** The newest task of a talk. */
  findContext(context: string): Promise<PeerTask | undefined> {
    const rows = this.#rows().where('context', '=', context);
    return rows.orderBy('created_at', 'desc').orderBy('id').limit(1).executeTakeFirst();
  }

  /** The task that the peer calls so. */
  findRemote(holder: Holder, remote: string): Promise<PeerTask | undefined> {
    return this.#held(holder).where('remote', '=', remote).limit(1).executeTakeFirst();
  }

  findRemoteContext(holder: Holder, remoteContext: string): Promise<PeerTask | undefined> {
    return this.#held(holder).where('remote_context', '=', remoteContext).limit(1).executeTakeFirst();
  }

  /** The newest first. */
  list(holder: Holder, most: number, offset: number): Promise<PeerTask[]> {
    const rows = this.#held(holder).where('state', '!=', MESSAGE);
    return rows.orderBy('created_at', 'desc').orderBy('id').limit(most).offset(offset).execute();
  }

  async insert(
    holder: Holder,
    begun: Pick<PeerTask, 'tool' | 'state'> & Partial<PeerTask>,
  ): Promise<PeerTask> {
    const { platform, store } = this.#context;
    const now = platform.now();
    const row: PeerTask = {
      id: this.newId(),
      context: this.newId(),
      remote: null,
      remote_context: null,
      approval_id: null,
      arguments_digest: null,
      owed: JSON.stringify(NO_OBLIGATIONS),
      ...begun,
      upstream: holder.upstream,
      agent_id: holder.agentId,
      task_id: holder.taskId,
      created_at: now,
      changed_at: now,
    };
    await store.transaction(async (tx) => {
      await tx.sql.insertInto('peer_tasks').values(row).execute();
      const mine = tx.sql.selectFrom('peer_tasks').where('task_id', '=', holder.taskId);
      const beyond = await mine
        .select('id')
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .offset(mostOfOneTask)
        .limit(mostOfOneTask)
        .execute();
      const ids = beyond.map(({ id }) => id);
      if (ids.length > 0) await tx.sql.deleteFrom('peer_tasks').where('id', 'in', ids).execute();
    });
    return row;
  }

  async change(
    row: PeerTask,
    changes: Partial<Pick<PeerTask, 'remote' | 'remote_context' | 'approval_id' | 'owed' | 'state'>>,
  ): Promise<PeerTask> {
    const { platform, store } = this.#context;
    const changed = { ...changes, changed_at: platform.now() };
    await store.transaction(async (tx) => {
      await tx.sql.updateTable('peer_tasks').set(changed).where('id', '=', row.id).execute();
    });
    return { ...row, ...changed };
  }

  newId(): string {
    return Buffer.from(this.#context.platform.randomBytes(idBytes)).toString('base64url');
  }

  #rows() {
    return this.#context.store.sql.selectFrom('peer_tasks').selectAll();
  }

  #held({ upstream, agentId, taskId }: Holder) {
    const rows = this.#rows().where('task_id', '=', taskId);
    return rows.where('upstream', '=', upstream).where('agent_id', '=', agentId);
  }

  async #forget(taskId: string): Promise<void> {
    // Most tasks have nothing at a peer: they cost no write.
    const any = await this.#rows().where('task_id', '=', taskId).limit(1).executeTakeFirst();
    if (any === undefined) return;
    await this.#context.store.transaction(async (tx) => {
      await tx.sql.deleteFrom('peer_tasks').where('task_id', '=', taskId).execute();
    });
  }
}

export function readOwed({ owed }: PeerTask): Obligations {
  return JSON.parse(owed) as Obligations;
}

/** A task as it was last told of. */
export function describeRow(row: PeerTask): JsonObject {
  const status = { state: row.state, timestamp: new Date(row.changed_at).toISOString() };
  return { id: row.id, contextId: row.context, status };
}
