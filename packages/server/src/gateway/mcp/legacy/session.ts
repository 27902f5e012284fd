import type { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { PresentedToken } from '../../../tokens/index.ts';
import type { ClientSession } from '../../../upstreams/index.ts';
import type { EventLog } from './event-log.ts';
import type { OpenCall } from './open-call.ts';
import type { LegacyRevision } from './revisions.ts';

/** Whose a session is. It grants nothing: every request in it proves all of this again. */
export interface SessionHolder {
  readonly agent: string;
  readonly subject: string;
  readonly client: string;
  readonly key: string;
  /** The delegations that it stands on, from the root. */
  readonly chain: string;
  readonly upstream: string;
}

/** What a client says of itself when it initializes. None of it is proven. */
export interface ClientHello {
  readonly revision: LegacyRevision;
  readonly name: string;
  readonly version: string;
  readonly capabilities: JsonObject;
}

/** What was asked of the client and is not answered yet. */
export interface Question {
  readonly call: OpenCall;
  /** Under which the upstream asked it. */
  readonly key: string;
  readonly method: string;
}

/** One client of an earlier revision at one upstream, in memory, until it or the authority it rests on ends. */
export interface LegacySession {
  readonly id: string;
  readonly holder: SessionHolder;
  /** The task whose authority it was last used with; while that is over it sleeps. */
  task: string;
  readonly hello: ClientHello;
  readonly log: EventLog;
  /** Calls in progress, by `nameId` of the client's request. */
  readonly calls: Map<string, OpenCall>;
  readonly questions: Map<number, Question>;
  /** Resources that are subscribed to, by URI; aborting one ends it. */
  readonly subscriptions: Map<string, AbortController>;
  /** Approvals whose decision the client will be told of. */
  readonly awaited: Set<string>;
  logLevel: string | undefined;
  /** Number of the last question. */
  asked: number;
  /** Aborts with an `AppError` when the session is over. */
  readonly ended: AbortSignal;
  /** Harmless when called again. */
  end(reason: AppError): void;
}

export function describeHolder(token: PresentedToken, upstream: string): SessionHolder {
  return {
    agent: token.agentId,
    subject: token.subject,
    client: token.clientId,
    key: token.key,
    chain: token.chain.join(' '),
    upstream,
  };
}

export function isHeldBy({ holder }: LegacySession, other: SessionHolder): boolean {
  return (
    holder.agent === other.agent &&
    holder.subject === other.subject &&
    holder.client === other.client &&
    holder.key === other.key &&
    holder.chain === other.chain &&
    holder.upstream === other.upstream
  );
}

/** As the upstream is told of it. */
export function toClientSession({ id, hello, ended }: LegacySession, call: AbortSignal): ClientSession {
  return { id, capabilities: hello.capabilities, ended, call };
}

/** The number 1 and the text "1" are two ids. */
export function nameId(id: string | number): string {
  return `${typeof id} ${id}`;
}
