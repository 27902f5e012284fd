import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Message } from '../../actions/index.ts';
import type { PresentedToken } from '../../tokens/index.ts';
import { messageTool, type PeerCall } from '../../upstreams/index.ts';
import { describeRow, holderOf, isTheirs, type PeerTask, type PeerTasks, readOwed } from './peer-tasks.ts';
import type { ReadRequest } from './read-request.ts';

/** What is known here of the ids that a request names, looked up before anybody knows whose it is. */
export interface Named {
  /** The task it follows up or goes on with. */
  readonly row: PeerTask | undefined;
  /** Any task of the talk it goes on with. */
  readonly talk: PeerTask | undefined;
}

export interface Translating {
  readonly read: ReadRequest;
  readonly upstream: string;
  readonly named: Named;
  readonly exchange: Message['exchange'];
  readonly traceparent: string | null;
  readonly tasks: PeerTasks;
}

/** Where a caller names the skill that its message is meant for, in the metadata of the message. */
const skillKey = 'skill';
const mostPage = 100;

/** Looks up the ids that a request names. */
export async function findNamed(tasks: PeerTasks, { method, params }: ReadRequest): Promise<Named> {
  const message = isJsonObject(params.message) ? params.message : {};
  const [id, context] = isSend(method) ? [message.taskId, message.contextId] : [params.id, undefined];
  return {
    row: isId(id) ? await tasks.find(id) : undefined,
    talk: isId(context) ? await tasks.findContext(context) : undefined,
  };
}

export function isSend(method: ReadRequest['method']): boolean {
  return method === 'SendMessage' || method === 'SendStreamingMessage';
}

export function isStream(method: ReadRequest['method']): boolean {
  return method === 'SendStreamingMessage' || method === 'SubscribeToTask';
}

/** Puts a request in the words of the path. Throws `action.*`. */
export function translateRequest(parts: Translating, caller: PresentedToken): Message {
  const { read } = parts;
  if (isSend(read.method)) return translateSend(parts, caller);
  if (read.method === 'ListTasks') return listTasks(parts, caller);
  const row = requireTask(parts, caller);
  const common = { method: followUps[read.method] ?? '', operation: 'follow_up', target: row.id } as const;
  const rest = { arguments: {}, isNotification: false, traceparent: parts.traceparent } as const;
  const outgoing = { jsonrpc: '2.0', id: 'a2a', method: common.method };
  if (row.remote === null)
    return { ...common, ...rest, outgoing, answerHere: () => answerHere({ task: describeRow(row) }) };
  const { historyLength } = read.params;
  const options = typeof historyLength === 'number' ? { historyLength } : {};
  const peer: PeerCall = { messageId: '', task: row.remote, isStream: isStream(read.method), options };
  const exchange = parts.exchange && isStream(read.method) ? { exchange: parts.exchange } : {};
  return { ...common, ...rest, outgoing, peer, ...exchange, owed: readOwed(row) };
}

const followUps: Readonly<Record<string, string>> = {
  GetTask: 'tasks/get',
  CancelTask: 'tasks/cancel',
  SubscribeToTask: 'tasks/subscribe',
};

/** The task that a follow-up names. Throws `action.task_unknown` for another's. */
export function requireTask({ named: { row }, upstream }: Translating, caller: PresentedToken): PeerTask {
  if (row === undefined || row.state === 'MESSAGE' || !isTheirs(row, holderOf(upstream, caller)))
    throw new AppError('action.task_unknown');
  return row;
}

export function answerHere(structuredContent: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id: 'a2a', result: { resultType: 'complete', structuredContent } };
}

function translateSend(parts: Translating, caller: PresentedToken): Message {
  const { read, named, upstream } = parts;
  const { message, configuration = {}, metadata: outer } = read.params;
  if (!isJsonObject(message) || !isJsonObject(configuration)) throw invalid('message');
  if (configuration.taskPushNotificationConfig !== undefined) throw new AppError('action.push_refused');
  if (message.role !== 'ROLE_USER') throw invalid('role must be ROLE_USER');
  if (!isText(message.messageId, 256)) throw invalid('messageId');
  const row = message.taskId === undefined || message.taskId === '' ? undefined : requireTask(parts, caller);
  const talk = isText(message.contextId, 64) ? (row ?? named.talk) : row;
  const isKnown = talk !== undefined && isTheirs(talk, holderOf(upstream, caller));
  if (isText(message.contextId, 64) && !(isKnown && talk.context === message.contextId))
    throw new AppError('action.task_unknown', { detail: 'contextId' });
  if (row !== undefined && row.remote === null) throw invalid('the task has not begun');
  const { [skillKey]: skill, ...metadata } = { ...readMetadata(outer), ...readMetadata(message.metadata) };
  const { acceptedOutputModes } = configuration;
  const given: JsonObject = {
    parts: message.parts ?? [],
    ...(row === undefined ? {} : { task: row.id }),
    ...(talk === undefined ? {} : { context: talk.context }),
    ...(Array.isArray(acceptedOutputModes) && acceptedOutputModes.length > 0 ? { acceptedOutputModes } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
  const peer: PeerCall = {
    messageId: message.messageId,
    ...(row?.remote ? { task: row.remote } : {}),
    ...(talk?.remote_context ? { context: talk.remote_context } : {}),
    isStream: isStream(read.method),
    options: readOptions(configuration),
  };
  return makeCall(parts, nameTool(skill), given, peer);
}

/** A call, made now or once a person has approved it. */
export function makeCall(
  { exchange, traceparent }: Pick<Translating, 'exchange' | 'traceparent'>,
  tool: string,
  given: JsonObject,
  peer: PeerCall,
): Message {
  return {
    ...{ method: 'tools/call', operation: 'call', target: tool, arguments: given },
    outgoing: {
      ...{ jsonrpc: '2.0', id: 'a2a', method: 'tools/call' },
      params: { name: tool, arguments: given },
    },
    isNotification: false,
    peer,
    ...(exchange !== undefined && peer.isStream ? { exchange } : {}),
    traceparent,
  };
}

function nameTool(skill: JsonValue | undefined): string {
  if (skill === undefined) return messageTool;
  if (!isText(skill, 100)) throw invalid('skill');
  return `${messageTool}.${skill}`;
}

function readMetadata(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function readOptions({ returnImmediately, historyLength }: JsonObject): JsonObject {
  return {
    ...(typeof returnImmediately === 'boolean' ? { returnImmediately } : {}),
    ...(typeof historyLength === 'number' ? { historyLength } : {}),
  };
}

/** Answered from what this caller began through here: a peer's own list would show what others began with our credential. */
function listTasks({ read, upstream, tasks, traceparent }: Translating, caller: PresentedToken): Message {
  const { pageSize, pageToken, contextId, status } = read.params;
  const most = Math.min(typeof pageSize === 'number' && pageSize >= 1 ? Math.floor(pageSize) : 50, mostPage);
  const offset = /^\d{1,4}$/.test(String(pageToken)) ? Number(pageToken) : 0;
  const isWanted = (row: PeerTask) =>
    (!isText(contextId, 64) || row.context === contextId) &&
    (!isText(status, 64) || status === 'TASK_STATE_UNSPECIFIED' || row.state === status);
  const answer = async () => {
    const rows = await tasks.list(holderOf(upstream, caller), 1_000, 0);
    const found = rows.filter(isWanted);
    const page = found.slice(offset, offset + most);
    const next = offset + most < found.length ? String(offset + most) : '';
    return answerHere({
      list: { tasks: page.map(describeRow), nextPageToken: next, pageSize: most, totalSize: found.length },
    });
  };
  return {
    ...{ method: 'tasks/list', operation: 'discover', target: '', arguments: {}, isNotification: false },
    outgoing: { jsonrpc: '2.0', id: 'a2a', method: 'tasks/list' },
    answerHere: answer,
    traceparent,
  };
}

function isId(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^[\w-]{22}$/.test(value);
}

function isText(value: JsonValue | undefined, longest: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}

function invalid(detail: string): AppError {
  return new AppError('action.arguments_invalid', { detail });
}
