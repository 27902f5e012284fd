import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { UpstreamRequest } from '../live-upstream.ts';
import type { PeerPlace } from './peer-place.ts';

/** One JSON-RPC request to a peer. */
export interface WrittenRequest {
  readonly id: string;
  readonly body: string;
  /** Whether its answer is a stream of events. */
  readonly isStream: boolean;
}

/** Where the skill that a message is meant for stands in its metadata. */
const skillKey = 'skill';
const requestId = 'countersign';

/**
 * A call or a follow-up in the words of A2A 1.0 (section 9.4). Nothing goes on that was not decided on: text and data are
 * arguments, ids are the door's. Throws `action.arguments_invalid`.
 */
export function writePeerRequest(request: UpstreamRequest, place: PeerPlace): WrittenRequest {
  const { message, peer, exchange } = request;
  const takesEvents = peer?.isStream === true && exchange !== undefined && exchange.mustRead !== true;
  const isStream = takesEvents && (place.streams || message.method === 'tasks/subscribe');
  const [method, params] =
    message.method === 'tools/call'
      ? ([isStream ? 'SendStreamingMessage' : 'SendMessage', writeMessage(request, place)] as const)
      : ([followUps.get(String(message.method)) ?? '', { ...peer?.options, id: peer?.task ?? '' }] as const);
  const spoken = method === 'SubscribeToTask' && !isStream ? 'GetTask' : method;
  return {
    id: requestId,
    body: JSON.stringify({ jsonrpc: '2.0', id: requestId, method: spoken, params }),
    isStream,
  };
}

const followUps: ReadonlyMap<string, string> = new Map([
  ['tasks/get', 'GetTask'],
  ['tasks/cancel', 'CancelTask'],
  ['tasks/subscribe', 'SubscribeToTask'],
]);

function writeMessage({ message, peer }: UpstreamRequest, { skill }: PeerPlace): JsonObject {
  const params = isJsonObject(message.params) ? message.params : {};
  const given = isJsonObject(params.arguments) ? params.arguments : {};
  const isContinuing = given.task !== undefined || given.context !== undefined;
  // By another door nobody has looked whose they are.
  if (isContinuing && peer === undefined)
    throw new AppError('action.arguments_invalid', { detail: 'task and context need the A2A door' });
  const metadata = isJsonObject(given.metadata) ? given.metadata : {};
  const { acceptedOutputModes } = given;
  return {
    message: {
      messageId: peer?.messageId ?? String(message.id),
      role: 'ROLE_USER',
      parts: given.parts ?? [],
      ...(peer?.task === undefined ? {} : { taskId: peer.task }),
      ...(peer?.context === undefined ? {} : { contextId: peer.context }),
      metadata: skill === null ? metadata : { ...metadata, [skillKey]: skill },
    },
    configuration: {
      ...peer?.options,
      ...(acceptedOutputModes === undefined ? {} : { acceptedOutputModes }),
    },
  };
}
