import type { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Addressee } from './read-message.ts';

/** What the front door writes: a status, and one JSON-RPC message. */
export interface DoorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: JsonObject | null;
}

/** Statuses that MCP and OAuth give a meaning to; every other refusal of an understood request is an answer, so 200. */
const transportStatuses = new Set([400, 401, 404, 405, 413, 415, 429, 503]);

/**
 * A refusal in MCP's words. A refused tool call is a tool result with `isError`, because that is what a model reads and
 * can act on; everything else is a JSON-RPC error. Says what to do next and nothing of the policy.
 */
export function refusalReply(error: AppError, request: Addressee): DoorReply {
  const { entry, code, detail, headers = {} } = error;
  const text = detail === undefined ? entry.caller : `${entry.caller} (${detail})`;
  const facts = { code, retryable: entry.retryable, ...error.data };
  if (request.method === 'tools/call' && isAnswer(error)) {
    const result = {
      resultType: 'complete',
      content: [{ type: 'text', text: `REFUSED ${code}: ${text}` }],
      isError: true,
      _meta: { 'countersign/refusal': facts },
    };
    return { status: 200, headers, message: { jsonrpc: '2.0', id: request.id, result } };
  }
  const status =
    transportStatuses.has(entry.status) || error.code === 'action.origin_refused' ? entry.status : 200;
  const message = {
    jsonrpc: '2.0',
    id: request.id,
    error: { code: entry.jsonRpc, message: text, data: facts },
  };
  return { status, headers, message };
}

/** Errors about the request's form stay errors; decisions, limits and upstream trouble are answers to the model. */
function isAnswer({ code, entry }: AppError): boolean {
  if (code === 'action.arguments_invalid') return true;
  return entry.status === 403
    ? code !== 'action.origin_refused'
    : entry.status === 502 || entry.status === 504;
}
