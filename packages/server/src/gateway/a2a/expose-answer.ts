import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { type Holder, MESSAGE, type PeerTask, type PeerTasks } from './peer-tasks.ts';

/** What one answer, or one event after the other, is about. */
export interface Exposing {
  readonly tasks: PeerTasks;
  readonly holder: Holder;
  readonly tool: string;
  /** The task as far as it is known; replaced as the peer says more. */
  row: PeerTask | undefined;
  /** Our id of the talk, where the message went on with one. */
  readonly context: string | undefined;
}

const mostIdLength = 1_024;

/**
 * An answer of a peer (`task`, `message`, `statusUpdate` or `artifactUpdate`; hostile) with our ids in the place of the peer's.
 * What follows a task is written down before the caller has its id.
 */
export async function exposeAnswer(exposing: Exposing, answer: JsonObject): Promise<JsonObject> {
  const { task, message, statusUpdate, artifactUpdate } = answer;
  const about = [task, statusUpdate, artifactUpdate, message].find(isJsonObject) ?? {};
  const remote = readId(about === task ? about.id : about.taskId);
  exposing.row = await settle(exposing, remote, readId(about.contextId), findState(answer));
  const { row } = exposing;
  if (isJsonObject(task)) return { task: exposeTask(task, row) };
  if (isJsonObject(statusUpdate))
    return { statusUpdate: { ...address(statusUpdate, row), ...exposeStatus(statusUpdate, row) } };
  if (isJsonObject(artifactUpdate)) return { artifactUpdate: address(artifactUpdate, row) };
  return { message: isJsonObject(message) ? exposeMessage(message, row) : describeOther(answer, row) };
}

export function exposeTask(task: JsonObject, row: PeerTask): JsonObject {
  const history = Array.isArray(task.history) ? task.history.filter(isJsonObject) : [];
  return {
    ...task,
    id: row.id,
    contextId: row.context,
    ...exposeStatus(task, row),
    ...(history.length === 0 ? {} : { history: history.map((one) => exposeMessage(one, row)) }),
  };
}

function exposeStatus({ status }: JsonObject, row: PeerTask): JsonObject {
  if (!isJsonObject(status)) return { status: { state: row.state } };
  const { message } = status;
  return {
    status: isJsonObject(message) ? { ...status, message: exposeMessage(message, row) } : status,
  };
}

function exposeMessage(message: JsonObject, row: PeerTask): JsonObject {
  const { taskId, contextId: _theirs, referenceTaskIds: _others, ...rest } = message;
  return { ...rest, ...(taskId === undefined ? {} : { taskId: row.id }), contextId: row.context };
}

function address(event: JsonObject, row: PeerTask): JsonObject {
  return { ...event, taskId: row.id, contextId: row.context };
}

/** What was taken out or is of a kind that is not known: its text, as a message. */
function describeOther(answer: JsonObject, row: PeerTask): JsonObject {
  const text = typeof answer.text === 'string' ? answer.text : '';
  return { messageId: row.id, role: 'ROLE_AGENT', contextId: row.context, parts: [{ text }] };
}

async function settle(
  exposing: Exposing,
  remote: string | null,
  remoteContext: string | null,
  state: string | undefined,
): Promise<PeerTask> {
  const { tasks, holder, tool, row } = exposing;
  const isSame = row !== undefined && (row.remote === null || remote === null || row.remote === remote);
  const known = isSame ? row : remote === null ? undefined : await tasks.findRemote(holder, remote);
  if (known === undefined) {
    const talk = remoteContext === null ? undefined : await tasks.findRemoteContext(holder, remoteContext);
    const context = talk?.context ?? exposing.context;
    return tasks.insert(holder, {
      tool,
      remote,
      remote_context: remoteContext,
      state: remote === null ? MESSAGE : (state ?? 'TASK_STATE_SUBMITTED'),
      ...(context === undefined ? {} : { context }),
    });
  }
  const changes = {
    ...(known.remote === null && remote !== null ? { remote } : {}),
    ...(known.remote_context === null && remoteContext !== null ? { remote_context: remoteContext } : {}),
    ...(state !== undefined && state !== known.state ? { state } : {}),
  };
  return Object.keys(changes).length === 0 ? known : tasks.change(known, changes);
}

function findState({ task, statusUpdate }: JsonObject): string | undefined {
  const holder = isJsonObject(task) ? task : statusUpdate;
  const status = isJsonObject(holder) ? holder.status : undefined;
  const state = isJsonObject(status) ? status.state : undefined;
  return typeof state === 'string' && /^TASK_STATE_[A-Z_]{1,32}$/.test(state) ? state : undefined;
}

function readId(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' && value.length <= mostIdLength ? value : null;
}
