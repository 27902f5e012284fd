import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { canNotify, ownMeta } from './discover-tools.ts';
import { isToolsChanged } from './json-rpc.ts';
import type { LiveUpstream } from './live-upstream.ts';

const firstPauseMilliseconds = 5_000;
const longestPauseMilliseconds = 300_000;
const bytesPerMinute = 262_144;

/** Listens for changes of an upstream's tools for as long as it can, with growing pauses after failures. */
export function watchTools(context: Context, live: LiveUpstream, onChanged: () => void): { stop(): void } {
  const abort = new AbortController();
  watch(context, live, onChanged, abort.signal).catch(() => {});
  return { stop: () => abort.abort() };
}

async function watch(
  context: Context,
  live: LiveUpstream,
  onChanged: () => void,
  signal: AbortSignal,
): Promise<void> {
  let pause = firstPauseMilliseconds;
  while (!signal.aborted) {
    const heard = await listenOnce(context, live, onChanged, signal);
    if (heard === 'cannot') return;
    pause = heard === 'something' ? firstPauseMilliseconds : Math.min(2 * pause, longestPauseMilliseconds);
    await sleep(pause, undefined, { signal, ref: false });
    // Whatever changed while nobody listened.
    if (heard === 'something') onChanged();
  }
}

async function listenOnce(
  context: Context,
  live: LiveUpstream,
  onChanged: () => void,
  signal: AbortSignal,
): Promise<'cannot' | 'nothing' | 'something'> {
  let heard = false;
  try {
    const injection = await context.credentials.arm(live, null);
    const probe = { upstream: live.name, connection: live.connection, injection };
    if (!(await canNotify(probe))) return 'cannot';
    const params = { notifications: { toolsListChanged: true }, _meta: ownMeta };
    await live.connection.send({
      message: { jsonrpc: '2.0', id: 'countersign-watch', method: 'subscriptions/listen', params },
      ...injection,
      principal: 'countersign',
      signal,
      timeoutMilliseconds: Number.POSITIVE_INFINITY,
      maxBytes: bytesPerMinute,
      onMessage(message) {
        heard = true;
        if (isToolsChanged(message)) onChanged();
      },
    });
  } catch (thrown) {
    const { code, detail } = toAppError(thrown);
    if (!signal.aborted)
      context.log.debug({ upstream: live.name, code, detail }, 'the watch of an upstream ended');
  }
  return heard ? 'something' : 'nothing';
}
