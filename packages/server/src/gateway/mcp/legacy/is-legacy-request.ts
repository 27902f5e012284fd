import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isLegacyRevision } from './revisions.ts';

/**
 * Whether a request is of a revision with sessions. The version header says so; without one the session, the HTTP method
 * or the handshake does. Whatever claims 2026-07-28, or a revision we do not speak, is judged by the rules of 2026-07-28.
 */
export function isLegacyRequest(request: IncomingMessage, findMethod: () => string | null): boolean {
  const version = request.headers['mcp-protocol-version'];
  if (version !== undefined) return isLegacyRevision(version);
  if (readSessionId(request.headers) !== undefined) return true;
  return request.method === 'POST' && findMethod() === 'initialize';
}

/** Hostile: an id of a session, or anything else. */
export function readSessionId(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['mcp-session-id'];
  return typeof value === 'string' ? value : undefined;
}
