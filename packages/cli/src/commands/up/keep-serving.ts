import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { RunningServer } from '@countersign/server';
import type { Session } from '../../session.ts';

export interface RunningGateway {
  readonly server: RunningServer;
  /** Aborted when another gateway has taken the place of this one. */
  readonly fenced: AbortSignal;
}

const shortestPauseMs = 500;
const longestPauseMs = 10_000;

/**
 * Serves until the process is asked to end. A gateway whose place another one has taken, because its database did not hear
 * it, remembers what is not true any more: it is ended, and a new one started in its place, however often that fails.
 */
export function keepServing(
  session: Session,
  first: RunningGateway,
  start: () => Promise<RunningGateway>,
): { readonly ended: Promise<void>; stop(): Promise<void> } {
  let running: RunningGateway | undefined = first;
  const serve = async (): Promise<void> => {
    while (running !== undefined && !session.signal.aborted) {
      await untilEither(session.signal, running.fenced);
      if (session.signal.aborted) return;
      session.print.line(
        { event: 'fenced' },
        'Another gateway has taken the place of this one: starting again.',
      );
      await running.server.stop();
      running = await startAgain(session, start);
      if (running !== undefined) session.print.line({ event: 'serving' }, 'Serving again.');
    }
  };
  return {
    ended: serve(),
    stop: async () => running?.server.stop(),
  };
}

async function startAgain(
  session: Session,
  start: () => Promise<RunningGateway>,
): Promise<RunningGateway | undefined> {
  for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await sleep(pauseMs, undefined, { signal: session.signal }).catch(() => {});
    if (session.signal.aborted) return undefined;
    try {
      return await start();
    } catch (thrown) {
      const code = thrown instanceof AppError ? thrown.code : 'server.internal';
      session.print.line({ event: 'start-failed', code }, `It could not be started (${code}); trying again.`);
    }
  }
}

function untilEither(...signals: readonly AbortSignal[]): Promise<void> {
  const either = AbortSignal.any([...signals]);
  return new Promise((resolve) => {
    if (either.aborted) resolve();
    else either.addEventListener('abort', () => resolve(), { once: true });
  });
}
