import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import type { Attempt, Outcome } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import type { ActionScopes } from '../../../signals/index.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import type { Addressee } from '../read-message.ts';
import { openReply, type ReplyStream } from '../reply-stream.ts';
import { readSessionId } from './is-legacy-request.ts';
import { legacyRefusal } from './legacy-refusal.ts';
import type { LegacySession } from './session.ts';
import type { Sessions } from './sessions.ts';

/** What every action that comes from one HTTP request begins with. */
export type Arrival = Pick<Attempt, 'id' | 'front' | 'upstream' | 'receivedAt' | 'credentials'>;

/** One HTTP request, as the door hands it to whoever serves it. */
export interface LegacyRequestParts {
  readonly context: Context;
  readonly sessions: Sessions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The upstream behind the address, or `everyUpstream`: what a session is with. */
  readonly door: string;
  readonly arrival: Arrival;
  readonly acceptsEvents: boolean;
  /** Headers of every answer. */
  readonly standing: () => Readonly<Record<string, string>>;
  /** The path, within the bound on calls at a time. */
  enter(attempt: Attempt): Promise<Outcome>;
  /** The path for what stays open, of which a session has its own bounds: idle clients must not keep calls out. */
  follow(attempt: Attempt): Promise<Outcome>;
}

/** Throws `action.session_missing`, `action.session_unknown` or `action.version_unsupported`. */
export function findSession(
  { sessions, request, door }: LegacyRequestParts,
  token: PresentedToken,
  scopes: ActionScopes,
): LegacySession {
  const session = sessions.find(readSessionId(request.headers), token, { ...scopes, upstream: door });
  requireNegotiated(request.headers['mcp-protocol-version'], session);
  return session;
}

export function refuse(reply: ReplyStream, error: AppError, addressee: Addressee): void {
  const { status, headers, message } = legacyRefusal(error, addressee);
  reply.finish(status, headers, message === null ? null : JSON.stringify(message));
}

export function openPlainReply({ response, standing }: LegacyRequestParts): ReplyStream {
  return openReply(response, false, standing);
}

/** Headers that a proxy or a policy reads must not say another revision than the session has. */
function requireNegotiated(version: string | string[] | undefined, { hello }: LegacySession): void {
  if (version === undefined || version === hello.revision) return;
  throw new AppError('action.version_unsupported', { data: { supported: [hello.revision] } });
}
