import type { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { describeConnecting, findConnectPage } from '../elicit-connection.ts';
import { canOpenPages, elicitationRequired } from './pending-answer.ts';
import type { LegacyRequest } from './read-legacy-message.ts';
import type { LegacySession } from './session.ts';

/** `-32042` with the page where the person connects, for a client that can show it; undefined leaves it at the refusal. */
export function demandConnection(
  error: AppError,
  session: LegacySession | undefined,
  request: LegacyRequest,
  elicitationId: string,
): JsonObject | undefined {
  const url = findConnectPage(error);
  if (url === undefined || session === undefined || !canOpenPages(session)) return undefined;
  const elicitations = [{ mode: 'url', elicitationId, ...describeConnecting(url) }];
  const { caller: message } = error.entry;
  const data = { elicitations, code: error.code };
  return { jsonrpc: '2.0', id: request.id, error: { code: elicitationRequired, message, data } };
}
