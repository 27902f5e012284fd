import { AppError, toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import { everyUpstream, listAskable } from '../../../upstreams/index.ts';
import { type LegacyRequestParts, openPlainReply, refuse } from './legacy-door.ts';
import type { LegacyRequest } from './read-legacy-message.ts';
import { negotiateRevision } from './revisions.ts';
import type { ClientHello, LegacySession } from './session.ts';
import { toInitializeResult } from './to-legacy-message.ts';
import { toDiscovery } from './to-modern-message.ts';

const longestName = 256;
const longestCapabilities = 16_384;

/** Opens a session, under an id that is ours alone to choose: one that the client sends along means nothing. */
export async function serveInitialize(parts: LegacyRequestParts, request: LegacyRequest): Promise<void> {
  const { sessions, arrival } = parts;
  const reply = openPlainReply(parts);
  const opened: { session?: LegacySession } = {};
  try {
    const outcome = await parts.enter({
      ...arrival,
      hungUp: new AbortController().signal,
      emit: () => {},
      translate(token, scopes): Message {
        const hello = readHello(request.params);
        const session = sessions.open(token, { ...scopes, upstream: parts.door }, hello);
        opened.session = session;
        return toDiscovery(session, request, session.ended);
      },
    });
    const { session } = opened;
    if (session === undefined || outcome.kind !== 'completed') throw new AppError('action.pending');
    if (session.ended.aborted) throw session.ended.reason;
    const answer = describe(session, outcome.response);
    if (answer.error !== undefined) session.end(new AppError('action.session_unknown'));
    const headers = answer.error === undefined ? { 'mcp-session-id': session.id } : {};
    reply.finish(200, headers, JSON.stringify({ jsonrpc: '2.0', id: request.id, ...answer }));
  } catch (thrown) {
    opened.session?.end(new AppError('action.session_unknown'));
    refuse(reply, toAppError(thrown), request);
  }
}

function describe(
  { hello, holder }: LegacySession,
  response: JsonObject | null,
): { [name: string]: JsonValue } {
  if (isJsonObject(response?.result))
    return {
      result: toInitializeResult(
        hello,
        holder.upstream === everyUpstream ? 'countersign' : holder.upstream,
        response.result,
      ),
    };
  return { error: response?.error ?? { code: -32_603, message: 'The upstream did not answer.' } };
}

/** Hostile: what a client claims to be. */
function readHello({ protocolVersion, capabilities, clientInfo }: JsonObject): ClientHello {
  if (typeof protocolVersion !== 'string' || !isJsonObject(capabilities) || !isJsonObject(clientInfo)) {
    throw new AppError('action.meta_invalid', {
      detail: 'protocolVersion, capabilities and clientInfo are needed',
    });
  }
  const askable = listAskable(capabilities);
  if (JSON.stringify(askable).length > longestCapabilities) throw new AppError('action.too_large');
  return {
    revision: negotiateRevision(protocolVersion),
    name: String(clientInfo.name ?? '').slice(0, longestName),
    version: String(clientInfo.version ?? '').slice(0, longestName),
    capabilities: askable,
  };
}
