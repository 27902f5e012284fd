import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Message, Outcome } from '../../actions/index.ts';
import type { Approval } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import type { PresentedToken } from '../../tokens/index.ts';
import {
  type ApprovalTask,
  openApprovalTask,
  readAskedArguments,
  sealApprovalTask,
} from './approval-task.ts';
import { capabilitiesKey } from './check-headers.ts';
import { describePending, writePending } from './pending-reply.ts';
import type { ReadMessage } from './read-message.ts';
import { refusalReply } from './refusal-reply.ts';
import { passedMeta, readTraceparent, requireTasksExtension, tasksExtension } from './translate-message.ts';

/** A follow-up of a call that waits for a person. */
export interface FollowUp {
  readonly task: ApprovalTask;
  readonly approval: Approval;
  /** Of the call; undefined when the approval is not about it. */
  readonly arguments: JsonObject | undefined;
}

/**
 * Whether the caller can follow the call as a task. A change of a plan lets more than one call through: nobody could say
 * after a restart whether this one has run, so its caller makes it again itself.
 */
export function canFollow({ method, capabilities }: ReadMessage, { kind }: Approval): boolean {
  const { extensions } = capabilities;
  const isCapable = isJsonObject(extensions) && isJsonObject(extensions[tasksExtension]);
  return method === 'tools/call' && isCapable && kind !== 'amendment';
}

type Pending = Outcome & { kind: 'pending' };

const pollMilliseconds = 5_000;
const keepMilliseconds = 600_000;
const mostKept = 1_000;
const mostCharacters = 16_777_216;

/**
 * Calls that wait for a person, as tasks of the extension `io.modelcontextprotocol/tasks`. Nothing runs by itself: the
 * follow-up that finds the approval given enters the path with the call, by its own token and proof, and what came of it
 * is kept for a while for those that follow.
 */
export class ApprovalTasks {
  readonly #context: Context;
  readonly #results: TaskResults;
  /** Calls under way, by the handle under which they are followed. */
  readonly #running = new Set<string>();
  /** Follow-ups that went down the path as the call itself. */
  readonly #calls = new WeakSet<FollowUp>();

  constructor(context: Context) {
    this.#context = context;
    this.#results = new TaskResults(context.platform.now);
  }

  /** The answer to the call: a task to follow. */
  begin(read: ReadMessage, upstream: string, caller: PresentedToken, pending: Pending): JsonObject {
    const handle = sealApprovalTask(this.#context, read, upstream, caller, pending);
    return answer(read, {
      ...describeWaiting(handle, pending.approval, pending.link),
      resultType: 'task',
    });
  }

  /** What a message follows up; undefined for every other message. */
  async find(read: ReadMessage): Promise<FollowUp | undefined> {
    if (!read.method.startsWith('tasks/')) return undefined;
    const task = openApprovalTask(this.#context, read.name ?? '');
    if (task === undefined) return undefined;
    const approval = await this.#context.approvals.load(task.approval);
    return { task, approval, arguments: readAskedArguments(approval.signedAction, task) };
  }

  /** What goes down the path for it. Throws `action.resource_unknown` for another's task. */
  translate(follow: FollowUp, read: ReadMessage, upstream: string, caller: PresentedToken): Message {
    requireTasksExtension(read);
    const { task, arguments: args } = follow;
    const { approvals } = this.#context;
    // What is in memory shows a passed deadline; what was spent before a restart is in the store alone.
    const approval = approvals.find(task.approval) ?? follow.approval;
    const isTheirs =
      task.agent === caller.agentId && task.upstream === upstream && task.task === caller.taskId;
    if (!isTheirs || args === undefined) throw new AppError('action.resource_unknown');
    if (read.method === 'tasks/update') return followUp(read, () => ({ resultType: 'complete' }));
    if (read.method === 'tasks/cancel') {
      return followUp(read, async () => {
        await approvals.cancel('approval', approval.id, 'agent.withdrew');
        return { resultType: 'complete' };
      });
    }
    const handle = read.name ?? '';
    if (approval.state === 'requested')
      return followUp(read, () => describeWaiting(handle, approval, approvals.link(approval.id)));
    if (approval.state === 'released' || this.#running.has(handle))
      return followUp(read, () => this.#look(handle, approval));
    this.#running.add(handle);
    this.#calls.add(follow);
    return makeCall(read, task.tool, args);
  }

  /** The answer to a follow-up, after the path. */
  finish(follow: FollowUp, read: ReadMessage, outcome: Outcome): JsonObject {
    const handle = read.name ?? '';
    if (!this.#calls.has(follow)) {
      if (outcome.kind === 'pending' || outcome.response === null) throw new AppError('server.internal');
      return outcome.response;
    }
    this.#running.delete(handle);
    // Decided anew it needs people again: the same handle follows the new request, because the call is the same.
    if (outcome.kind === 'pending')
      return answer(read, describeWaiting(handle, outcome.approval, outcome.link));
    const told = describeTask(handle, follow.approval, readState(outcome.response));
    return answer(read, this.#results.keep(handle, told));
  }

  /** The answer when the path refused the call that a follow-up began; undefined for a refusal of the follow-up itself. */
  fail(follow: FollowUp, read: ReadMessage, error: AppError): JsonObject | undefined {
    const handle = read.name ?? '';
    if (!this.#calls.has(follow)) return undefined;
    this.#running.delete(handle);
    const { message } = refusalReply(error, { id: read.id, method: 'tools/call' });
    const told = describeTask(handle, follow.approval, readState(message));
    // Only what the approval came to is final; a full server or a stopped agent may be otherwise next time.
    return answer(read, isFinal.has(error.code) ? this.#results.keep(handle, told) : told);
  }

  #look(handle: string, approval: Approval): JsonObject {
    const known = this.#results.find(handle);
    if (known !== undefined) return known;
    if (this.#running.has(handle)) return describeTask(handle, approval, { status: 'working' });
    // It ran, and this process no longer knows what came of it: it is not run again.
    const error = { code: -32_603, message: 'It ran once. Its result is no longer kept here.' };
    return describeTask(handle, approval, { status: 'failed', error });
  }
}

function answer(read: ReadMessage, result: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id: read.id, result };
}

/** What is answered here, once the path has let it. */
function followUp(read: ReadMessage, result: () => JsonObject | Promise<JsonObject>): Message {
  return {
    ...{ method: read.method, operation: 'follow_up', target: read.name ?? '', arguments: {} },
    outgoing: { jsonrpc: '2.0', method: read.method },
    isNotification: false,
    answerHere: async () => answer(read, await result()),
    traceparent: readTraceparent(read.meta),
  };
}

const isFinal: ReadonlySet<string> = new Set(['approval.denied', 'approval.expired']);

/** What came of the call, in the words of a task. */
function readState(response: JsonObject | null): JsonObject {
  const { result, error } = response ?? {};
  if (isJsonObject(result) && result.resultType === 'complete') return { status: 'completed', result };
  if (isJsonObject(error)) return { status: 'failed', error };
  // It was told that nothing here answers questions or follows tasks.
  return { status: 'failed', error: { code: -32_603, message: 'The upstream gave no answer to this call.' } };
}

function describeWaiting(handle: string, approval: Approval, link: string): JsonObject {
  const pending = { approval, link };
  return {
    ...describeTask(handle, approval, { status: 'working', statusMessage: writePending(pending) }),
    _meta: describePending(pending),
  };
}

function describeTask(handle: string, approval: Approval, state: JsonObject): JsonObject {
  const { requestedAt, decidedAt, expiresAt } = approval;
  return {
    resultType: 'complete',
    taskId: handle,
    createdAt: new Date(requestedAt).toISOString(),
    lastUpdatedAt: new Date(decidedAt ?? requestedAt).toISOString(),
    ttlMs: expiresAt - requestedAt + keepMilliseconds,
    pollIntervalMs: pollMilliseconds,
    ...state,
  };
}

/** The very call that was asked about. Its upstream may neither ask the caller anything nor answer with a task. */
function makeCall(read: ReadMessage, tool: string, args: JsonObject): Message {
  const meta = Object.entries(read.meta).filter(([key]) => passedMeta.test(key));
  const _meta = { ...Object.fromEntries(meta), [capabilitiesKey]: {} };
  return {
    method: 'tools/call',
    operation: 'call',
    target: tool,
    arguments: args,
    outgoing: {
      ...{ jsonrpc: '2.0', ...(read.id === null ? {} : { id: read.id }), method: 'tools/call' },
      params: { name: tool, arguments: args, _meta },
    },
    isNotification: false,
    traceparent: readTraceparent(read.meta),
  };
}

/** What came of calls, for those who ask again; the oldest is forgotten first. */
class TaskResults {
  readonly #kept = new Map<
    string,
    { readonly told: JsonObject; readonly at: number; readonly size: number }
  >();
  readonly #now: () => number;
  #characters = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  find(handle: string): JsonObject | undefined {
    const kept = this.#kept.get(handle);
    return kept !== undefined && this.#now() - kept.at < keepMilliseconds ? kept.told : undefined;
  }

  keep(handle: string, told: JsonObject): JsonObject {
    this.#forget(handle);
    const size = JSON.stringify(told).length;
    this.#kept.set(handle, { told, at: this.#now(), size });
    this.#characters += size;
    for (const [oldest, { at }] of this.#kept) {
      const isOver = this.#kept.size > mostKept || this.#characters > mostCharacters;
      if (!isOver && this.#now() - at < keepMilliseconds) break;
      this.#forget(oldest);
    }
    return told;
  }

  #forget(handle: string): void {
    this.#characters -= this.#kept.get(handle)?.size ?? 0;
    this.#kept.delete(handle);
  }
}
