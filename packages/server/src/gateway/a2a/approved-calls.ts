import type { JsonObject } from '@countersign/core';
import type { Approval } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import { readAskedArguments } from '../mcp/approval-task.ts';
import { describeState, describeWaiting } from './describe-task.ts';
import { describeRow, type PeerTask } from './peer-tasks.ts';

/** A task that began as a call for which a person was asked. */
export interface Awaited {
  readonly row: PeerTask;
  readonly approval: Approval;
  /** Of the call; undefined when the approval is not about it. */
  readonly arguments: JsonObject | undefined;
}

const mostKept = 1_000;
const longestWaitMilliseconds = 600_000;

/**
 * Calls that wait for a person, as tasks. Nothing runs by itself: the follow-up that finds the approval given enters the path
 * with the call, by its own token and proof.
 */
export class ApprovedCalls {
  readonly #context: Context;
  /** Answers that were no task of the peer, for those that ask again. */
  readonly #answers = new RecentMap<JsonObject>(mostKept);
  /** Calls under way, by their task. */
  readonly #running = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** What a follow-up is about, where its task waited for a person and has not begun at the peer. */
  async find(row: PeerTask | undefined): Promise<Awaited | undefined> {
    if (row === undefined || row.approval_id === null || row.remote !== null) return undefined;
    const { approvals } = this.#context;
    const stored = await approvals.load(row.approval_id);
    // What is in memory shows a passed deadline; what was spent before a restart is in the store alone.
    const approval = stored.state === 'requested' ? (approvals.find(row.approval_id) ?? stored) : stored;
    const task = {
      ...{ approval: approval.id, agent: row.agent_id, upstream: row.upstream, task: row.task_id },
      ...{ tool: row.tool, argumentsDigest: row.arguments_digest ?? '' },
    };
    return { row, approval, arguments: readAskedArguments(stored.signedAction, task) };
  }

  /** Whether the call is to be made now, by whoever asks first. */
  begin({ row, approval }: Awaited): boolean {
    const isOver = approval.state === 'requested' || approval.state === 'released';
    if (isOver || row.state !== 'TASK_STATE_AUTH_REQUIRED' || this.#running.has(row.id)) return false;
    this.#running.add(row.id);
    return true;
  }

  end({ row }: Awaited, answer?: JsonObject): void {
    this.#running.delete(row.id);
    if (answer !== undefined) this.#answers.add(row.id, answer);
  }

  /** How it stands with a task that makes no call now. */
  describe({ row, approval }: Awaited): JsonObject {
    if (row.state !== 'TASK_STATE_AUTH_REQUIRED') return this.#answers.get(row.id) ?? describeRow(row);
    if (approval.state === 'requested')
      return describeWaiting(row, { approval, link: this.#context.approvals.link(approval.id) });
    if (this.#running.has(row.id))
      return describeState(row, 'TASK_STATE_WORKING', 'It was approved and runs.');
    // It ran, and nobody here knows what came of it: it is not run again.
    const text = 'It was sent once. What came of it is not known here.';
    return this.#answers.get(row.id) ?? describeState(row, 'TASK_STATE_FAILED', text);
  }

  /** Until something is decided, the caller goes or its token ends; false where nothing is. */
  wait(
    { approval }: Awaited,
    { over, until }: { readonly over: AbortSignal; readonly until: number },
  ): Promise<boolean> {
    const { approvals, platform } = this.#context;
    const isOpen = () => approvals.find(approval.id)?.state === 'requested';
    const most = Math.min(
      longestWaitMilliseconds,
      until - platform.now(),
      approval.expiresAt - platform.now(),
    );
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        over.removeEventListener('abort', done);
        resolve(!isOpen() && !over.aborted);
      };
      const stopListening = approvals.onChange(approval.id, done);
      const timer = setTimeout(done, Math.max(0, most));
      over.addEventListener('abort', done, { once: true });
      if (!isOpen() || over.aborted) done();
    });
  }
}
