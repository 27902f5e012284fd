import { AppError } from '@countersign/api';
import type { Platform } from '../../../platform/platform.ts';
import type { ActionScopes, Stops } from '../../../signals/index.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import { createEventLog, createReplayBudget } from './event-log.ts';
import { mayMove, type RestingSession, restOnTask } from './rest-on-task.ts';
import { canBePrimed } from './revisions.ts';
import { type ClientHello, describeHolder, isHeldBy, type LegacySession } from './session.ts';

export interface Sessions {
  /** Throws `action.session_full`, or the reason why nothing may begin on what it would stand on. */
  open(token: PresentedToken, scopes: ActionScopes, hello: ClientHello): LegacySession;
  /**
   * The session of that id, if it is this caller's; whether it is somebody else's is not said. Tasks are shorter than
   * sessions: the next task under the very same delegations goes on in it. `scopes` are those of a request that the path
   * has let. Throws `action.session_missing` and `action.session_unknown`.
   */
  find(id: string | undefined, token: PresentedToken, scopes: ActionScopes): LegacySession;
  readonly size: number;
}

export interface SessionsParts {
  readonly platform: Platform;
  readonly stops: Pick<Stops, 'admit'>;
}

const mostSessions = 2_048;
const mostOfAgent = 64;
// A stdio upstream runs a process for each.
const mostOfAgentAtUpstream = 8;
const idBytes = 16;
const idleMilliseconds = 1_800_000;
const mostReplayBytes = 64 * 1024 * 1024;

/**
 * All sessions of this gateway. One ends when its client, a link of its chain, a stop or its silence ends it. When its task
 * ends, what is going on in it ends, and it sleeps until the next one.
 */
export function createSessions({ platform, stops }: SessionsParts): Sessions {
  const entries = new Map<string, RestingSession>();
  const budget = createReplayBudget(mostReplayBytes);

  const random = (bytes: number) => Buffer.from(platform.randomBytes(bytes)).toString('base64url');
  const isIdle = ({ session, usedAt }: RestingSession) =>
    !isBusy(session) && platform.now() - usedAt >= idleMilliseconds;
  return {
    open(token, scopes, hello) {
      const { upstream } = scopes;
      makeRoom(entries, token.agentId, upstream);
      const life = new AbortController();
      const session: LegacySession = {
        id: random(idBytes),
        holder: describeHolder(token, upstream),
        task: scopes.task,
        hello,
        log: createEventLog({ budget, isPrimed: canBePrimed(hello.revision), newKey: () => random(9) }),
        calls: new Map(),
        questions: new Map(),
        subscriptions: new Map(),
        awaited: new Set(),
        logLevel: undefined,
        asked: 0,
        ended: life.signal,
        end(reason) {
          if (!entries.delete(session.id)) return;
          clearInterval(watch);
          entry.admission?.release();
          entry.admission = undefined;
          life.abort(reason);
          // Calls in progress still say on their streams why they ended.
          session.log.own.finish(null);
          if (session.calls.size === 0) session.log.close();
        },
      };
      const entry: RestingSession = { session, usedAt: platform.now(), admission: undefined };
      restOnTask(stops, entry, scopes);
      const watch = setInterval(() => isIdle(entry) && session.end(over()), idleMilliseconds / 4).unref();
      entries.set(session.id, entry);
      return session;
    },
    find(id, token, scopes) {
      if (id === undefined) throw new AppError('action.session_missing');
      const entry = entries.get(id);
      if (entry === undefined || !isHeldBy(entry.session, describeHolder(token, scopes.upstream)))
        throw over();
      if (isIdle(entry)) entry.session.end(over());
      if (entry.session.ended.aborted) throw over();
      if (entry.admission === undefined || entry.session.task !== scopes.task) {
        if (!mayMove(entry, token)) throw over();
        restOnTask(stops, entry, scopes);
      }
      entry.usedAt = platform.now();
      return entry.session;
    },
    get size() {
      return entries.size;
    },
  };
}

function makeRoom(entries: ReadonlyMap<string, RestingSession>, agent: string, upstream: string): void {
  const own = [...entries.values()].filter(({ session }) => session.holder.agent === agent);
  const here = own.filter(({ session }) => session.holder.upstream === upstream);
  const crowded = here.length >= mostOfAgentAtUpstream ? here : own.length >= mostOfAgent ? own : [];
  if (crowded.length > 0) {
    // A client that died without a word left these; only its own agent's make room.
    const silent = crowded.filter(({ session }) => !isBusy(session)).sort((a, b) => a.usedAt - b.usedAt)[0];
    if (silent === undefined) throw new AppError('action.session_full');
    silent.session.end(over());
  }
  if (entries.size >= mostSessions) throw new AppError('action.session_full');
}

function isBusy({ calls, log }: LegacySession): boolean {
  return calls.size > 0 || log.own.isAttached;
}

function over(): AppError {
  return new AppError('action.session_unknown');
}
