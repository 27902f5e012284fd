import type { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { ReadRequest } from './read-request.ts';

/** How one of the protocol bindings of A2A 1.0 puts an answer; what is answered is the same. */
export interface Binding {
  readonly contentType: string;
  frameResult(result: JsonObject): JsonObject;
  frameError(error: AppError): { readonly status: number; readonly body: JsonObject };
  /** An error that the peer itself answered with. */
  framePassed(code: number, message: string): { readonly status: number; readonly body: JsonObject };
  /** What precedes the data of an event that is an error. */
  readonly errorEvent: string;
}

const domain = 'countersign';
const infoType = 'type.googleapis.com/google.rpc.ErrorInfo';
/** Statuses that HTTP and OAuth give a meaning to; every other refusal of an understood request is an answer, so 200. */
const transportStatuses = new Set([400, 401, 404, 405, 413, 415, 429, 503]);
/** Errors of ours that A2A has a code for. */
const codes: Readonly<Record<string, number>> = {
  'action.malformed': -32_600,
  'action.protocol_unsupported': -32_009,
  'action.push_refused': -32_003,
  'action.task_unknown': -32_001,
  'action.arguments_invalid': -32_602,
  'action.tool_unknown': -32_602,
  'upstream.lied': -32_006,
};
const passedCodes = new Set([
  -32_001, -32_002, -32_004, -32_005, -32_006, -32_007, -32_008, -32_602, -32_603,
]);

/** Section 9: one JSON-RPC response, or one for each event. */
export function jsonRpcBinding(idOf: () => ReadRequest['id']): Binding {
  const frame = (body: JsonObject): JsonObject => ({ jsonrpc: '2.0', id: idOf(), ...body });
  return {
    contentType: 'application/json',
    errorEvent: '',
    frameResult: (result) => frame({ result }),
    frameError(error) {
      const { entry, code } = error;
      const info = { '@type': infoType, reason: code, domain, metadata: describeRetry(error) };
      const body = { code: codes[code] ?? entry.jsonRpc, message: describe(error), data: [info] };
      const isTransport = transportStatuses.has(entry.status) || code === 'action.origin_refused';
      return { status: isTransport ? entry.status : 200, body: frame({ error: body }) };
    },
    framePassed: (code, message) => ({
      status: 200,
      body: frame({ error: { code: passedCodes.has(code) ? code : -32_603, message } }),
    }),
  };
}

/** What section 11.6 calls the errors, by the code that section 9.5 gives them. */
const named: ReadonlyMap<number, readonly [status: number, name: string, reason: string]> = new Map([
  [-32_001, [404, 'NOT_FOUND', 'TASK_NOT_FOUND']],
  [-32_002, [400, 'FAILED_PRECONDITION', 'TASK_NOT_CANCELABLE']],
  [-32_003, [400, 'FAILED_PRECONDITION', 'PUSH_NOTIFICATION_NOT_SUPPORTED']],
  [-32_004, [400, 'FAILED_PRECONDITION', 'UNSUPPORTED_OPERATION']],
  [-32_005, [400, 'INVALID_ARGUMENT', 'CONTENT_TYPE_NOT_SUPPORTED']],
  [-32_006, [502, 'INTERNAL', 'INVALID_AGENT_RESPONSE']],
  [-32_007, [400, 'FAILED_PRECONDITION', 'EXTENDED_AGENT_CARD_NOT_CONFIGURED']],
  [-32_008, [400, 'FAILED_PRECONDITION', 'EXTENSION_SUPPORT_REQUIRED']],
  [-32_009, [400, 'FAILED_PRECONDITION', 'VERSION_NOT_SUPPORTED']],
]);
const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

/** Section 11: the result itself, with the statuses of HTTP. */
export const restBinding: Binding = {
  contentType: 'application/a2a+json',
  errorEvent: 'event: error\n',
  frameResult: (result) => result,
  frameError(error) {
    const { entry, code } = error;
    const known = named.get(codes[code] ?? 0);
    const ours = { '@type': infoType, reason: code, domain, metadata: describeRetry(error) };
    return frameStatus(known, entry.status, describe(error), [ours]);
  },
  framePassed(code, message) {
    const status = code === -32_602 ? 400 : 502;
    return frameStatus(passedCodes.has(code) ? named.get(code) : undefined, status, message, []);
  },
};

function frameStatus(
  known: readonly [number, string, string] | undefined,
  otherwise: number,
  message: string,
  details: readonly JsonObject[],
) {
  const [status, name, reason] = known ?? [otherwise, statusNames[otherwise] ?? 'INTERNAL', ''];
  const theirs = reason === '' ? [] : [{ '@type': infoType, reason, domain: 'a2a-protocol.org' }];
  const error = { code: status, status: name, message, details: [...theirs, ...details] };
  return { status, body: { error } };
}

function describe({ entry, detail }: AppError): string {
  return detail === undefined ? entry.caller : `${entry.caller} (${detail})`;
}

function describeRetry({ entry }: AppError): JsonObject {
  return { retryable: String(entry.retryable) };
}
