import type { AppError, ErrorCode } from '@countersign/api';
import { isJsonObject } from '@countersign/core';
import type { Addressee } from '../read-message.ts';
import { type DoorReply, refusalReply } from '../refusal-reply.ts';
import { toLegacyResponse } from './to-legacy-message.ts';

/** Refusals of the HTTP request as such. To a client of these revisions 404 says one thing: the session is gone. */
const transportCodes: ReadonlySet<ErrorCode> = new Set([
  'action.answer_unexpected',
  'action.event_unknown',
  'action.header_mismatch',
  'action.malformed',
  'action.session_missing',
  'action.session_unknown',
  'action.version_unsupported',
]);
const requestStatuses = new Set([400, 404]);

/** A refusal as clients of an earlier revision read it: of a request that was understood it is an answer, with 200. */
export function legacyRefusal(error: AppError, addressee: Addressee): DoorReply {
  const reply = refusalReply(error, addressee);
  const isAnswer =
    requestStatuses.has(reply.status) && addressee.id !== null && !transportCodes.has(error.code);
  const message = isJsonObject(reply.message) ? toLegacyResponse(reply.message) : null;
  return { ...reply, status: isAnswer ? 200 : reply.status, message };
}
