import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { StdioSession } from './stdio-session.ts';

/** A process and who needs it. */
export interface Slot {
  readonly key: string;
  readonly starting: Promise<StdioSession>;
  readonly listeners: Set<(message: JsonObject) => void>;
  /** Calls and subscriptions that need the process. */
  users: number;
  usedAt: number;
  idle: NodeJS.Timeout | undefined;
}

export interface ProcessPool {
  /** The process of that key, started when there is none. Throws `upstream.failed` or `server.overloaded`. */
  acquire(key: string, start: (listeners: Slot['listeners']) => Promise<StdioSession>): Slot;
  /** Ends the process of that key at once, whoever needs it. */
  drop(key: string): void;
  /** `mustEnd`: the process is not to live on once nobody else needs it. */
  release(slot: Slot, mustEnd: boolean): void;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly mostProcesses: number;
  /** How long a process that nobody uses is kept. */
  readonly idleMilliseconds: number;
  now(): number;
}

const firstPauseMilliseconds = 250;
const longestPauseMilliseconds = 30_000;
const mostPauses = 1_000;

/** A bounded number of processes, the one that has been idle longest making room for a new one. */
export function createProcessPool(options: PoolOptions): ProcessPool {
  const slots = new Map<string, Slot>();
  // Closing waits for these too, or a process that ignores signals would outlive the server.
  const ending = new Set<Promise<void>>();
  const pauses = createPauses(options.now);
  let closed = false;

  const drop = (slot: Slot): void => {
    clearTimeout(slot.idle);
    if (slots.get(slot.key) === slot) slots.delete(slot.key);
  };
  const end = (slot: Slot, how: 'kindly' | 'at once'): void => {
    drop(slot);
    const gone = slot.starting.then((session) => session.close(how)).catch(() => {});
    ending.add(gone);
    void gone.then(() => ending.delete(gone));
  };
  const makeRoom = (): void => {
    if (slots.size < options.mostProcesses) return;
    const idle = [...slots.values()].filter((slot) => slot.users === 0);
    const oldest = idle.sort((a, b) => a.usedAt - b.usedAt)[0];
    if (oldest === undefined)
      throw new AppError('server.overloaded', { detail: 'too many upstream processes' });
    end(oldest, 'kindly');
  };
  const begin = (key: string, start: Parameters<ProcessPool['acquire']>[1]): Slot => {
    if (closed) throw new AppError('upstream.failed', { detail: 'the upstream is closed' });
    pauses.requireOver(key);
    makeRoom();
    const listeners: Slot['listeners'] = new Set();
    const slot: Slot = { key, starting: start(listeners), listeners, users: 0, usedAt: 0, idle: undefined };
    slots.set(key, slot);
    slot.starting.then(
      ({ ended }) => {
        pauses.forget(key);
        if (ended.aborted) drop(slot);
        else ended.addEventListener('abort', () => drop(slot), { once: true });
      },
      () => {
        drop(slot);
        pauses.lengthen(key);
      },
    );
    return slot;
  };

  return {
    acquire(key, start) {
      const slot = slots.get(key) ?? begin(key, start);
      slot.users++;
      clearTimeout(slot.idle);
      return slot;
    },
    release(slot, mustEnd) {
      slot.users--;
      slot.usedAt = options.now();
      if (slot.users > 0 || slots.get(slot.key) !== slot) return;
      if (mustEnd) end(slot, 'at once');
      else slot.idle = setTimeout(() => end(slot, 'kindly'), options.idleMilliseconds).unref();
    },
    drop(key) {
      const slot = slots.get(key);
      if (slot !== undefined) end(slot, 'at once');
    },
    async close() {
      closed = true;
      for (const slot of [...slots.values()]) end(slot, 'at once');
      await Promise.all(ending);
    },
  };
}

/** A process that keeps failing to start is not started again at once: each attempt costs the machine. */
function createPauses(now: () => number) {
  const pauses = new Map<string, { readonly until: number; readonly milliseconds: number }>();
  return {
    requireOver(key: string): void {
      if ((pauses.get(key)?.until ?? 0) <= now()) return;
      throw new AppError('upstream.failed', { detail: 'the process failed to start a moment ago' });
    },
    forget(key: string): void {
      pauses.delete(key);
    },
    lengthen(key: string): void {
      const last = pauses.get(key)?.milliseconds ?? firstPauseMilliseconds / 2;
      const milliseconds = Math.min(2 * last, longestPauseMilliseconds);
      if (pauses.size >= mostPauses) pauses.clear();
      pauses.set(key, { until: now() + milliseconds, milliseconds });
    },
  };
}
