import type { IncomingMessage } from 'node:http';
import type { Context } from '../../context.ts';
import type { HeldCalls } from './held-calls.ts';
import type { Turns } from './turns.ts';

/** One request at this door. */
export interface HookRequest {
  readonly context: Context;
  readonly held: HeldCalls;
  readonly turns: Turns;
  readonly request: IncomingMessage;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborts when the caller has gone. */
  readonly hungUp: AbortSignal;
  /** Waits for a person without keeping others from being served; false at once when too many calls of the agent wait. */
  waitAside(agentId: string, wait: () => Promise<boolean>): Promise<boolean>;
}

/** Results of tools come by here, and what a program writes into files. */
export const mostBodyBytes = 2 * 1024 * 1024;

/** A whole number between 0 and `most` that the caller chose; 0 for anything else. */
export function readSeconds(given: unknown, most: number): number {
  const seconds = typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : given;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0) return 0;
  return Math.min(seconds, most);
}
