import { AppError } from '@countersign/api';
import { isJsonObject } from '@countersign/core';
import type { Logger } from 'pino';
import { isToolsChanged } from './json-rpc.ts';
import type {
  UpstreamConnection,
  UpstreamReply,
  UpstreamRequest,
  UpstreamSettings,
} from './live-upstream.ts';
import { createProcessPool, type Slot } from './process-pool.ts';
import { sendLegacy } from './send-legacy.ts';
import { type StdioSession, startStdioSession } from './stdio-session.ts';

export interface StdioConnectionOptions {
  readonly settings: UpstreamSettings;
  readonly log: Logger;
  now(): number;
  onToolsChanged(): void;
  /** How long a process that nobody uses is kept; 5 minutes when absent. */
  readonly idleMilliseconds?: number;
  readonly mostProcesses?: number;
}

const defaultIdleMilliseconds = 300_000;
const defaultMostProcesses = 32;
const defaultMaxBytes = 8 * 1024 * 1024;
// Room for the envelope around a result of the largest size.
const envelopeBytes = 65_536;
const longestTimerMilliseconds = 2_147_483_647;

/**
 * Legacy MCP over stdio (2025-11-25) behind the face of 2026-07-28. A process serves one secret and one principal and
 * no other, and one session where there is one, so that nothing one agent leaves in it reaches another. A stop or a time-out also ends the process.
 */
export function connectStdio(options: StdioConnectionOptions): UpstreamConnection {
  const { settings, log, now } = options;
  const pool = createProcessPool({
    mostProcesses: options.mostProcesses ?? defaultMostProcesses,
    idleMilliseconds: options.idleMilliseconds ?? defaultIdleMilliseconds,
    now,
  });
  const start = (request: UpstreamRequest, listeners: Slot['listeners']) =>
    startStdioSession({
      settings,
      environment: request.environment,
      ...(request.session && { clientCapabilities: request.session.capabilities }),
      maxBytes: (settings.maxResultBytes ?? defaultMaxBytes) + envelopeBytes,
      log,
      now,
      onNotification(message) {
        if (isToolsChanged(message)) options.onToolsChanged();
        for (const listener of listeners) listener(message);
      },
    });
  /** A call that waits for its client's answers needs its process as one that is under way does. */
  const keepWhileParked = (slot: Slot, session: StdioSession, { response }: UpstreamReply): void => {
    const result = isJsonObject(response?.result) ? response.result : {};
    const parked = typeof result.requestState === 'string' && session.parked.get(result.requestState);
    if (!parked) return;
    slot.users++;
    const release = () => pool.release(slot, false);
    parked.answer.then(release, release);
  };
  return {
    async send(request) {
      if (request.signal.aborted) throw request.signal.reason;
      const { session } = request;
      const key = JSON.stringify([request.secretKey, request.principal, session?.id ?? null]);
      const slot = pool.acquire(key, (listeners) => {
        session?.ended.addEventListener('abort', () => pool.drop(key), { once: true });
        return start(request, listeners);
      });
      let failure: unknown;
      try {
        const session = await waitFor(slot.starting, request);
        const reply = await sendLegacy(session, request, (listener) => {
          slot.listeners.add(listener);
          return () => slot.listeners.delete(listener);
        });
        keepWhileParked(slot, session, reply);
        return reply;
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        pool.release(slot, mustEnd(failure));
      }
    },
    close: () => pool.close(),
  };
}

/** A server may go on with what was cancelled. Only the end of its process is sure to stop it. */
function mustEnd(failure: unknown): boolean {
  return failure instanceof AppError && failure.code !== 'action.aborted';
}

/** The start of a process, unless the call is cut or out of time before. */
function waitFor(starting: Promise<StdioSession>, request: UpstreamRequest): Promise<StdioSession> {
  const { signal, timeoutMilliseconds } = request;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    const patience = Math.min(timeoutMilliseconds, longestTimerMilliseconds);
    const timer = setTimeout(() => reject(new AppError('upstream.timed_out')), patience);
    signal.addEventListener('abort', abort, { once: true });
    starting.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
  });
}
