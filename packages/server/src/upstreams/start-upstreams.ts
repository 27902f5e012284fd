import { toAppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import type { LiveUpstream } from './live-upstream.ts';
import { refreshTools } from './refresh-tools.ts';
import { watchTools } from './watch-tools.ts';

const system: Actor = { kind: 'system', part: 'upstreams' };
const settleMilliseconds = 1_000;
const betweenMilliseconds = 10_000;
const periodMilliseconds = 900_000;

/**
 * Keeps the pinned tools true: looks at every upstream now, whenever one says that its tools changed (but not as often
 * as it may say so), and every quarter of an hour for those that say nothing. Failures are logged; pins stay as they are.
 */
export function startUpstreams(context: Context): { stop(): void } {
  const waiting = new Map<string, NodeJS.Timeout>();
  const lookedAt = new Map<string, number>();
  const watches = new Map<string, { readonly connection: unknown; stop(): void }>();

  const look = async (name: string): Promise<void> => {
    waiting.delete(name);
    lookedAt.set(name, context.platform.now());
    try {
      await refreshTools(context, system, { upstream: name });
    } catch (thrown) {
      const { code, detail } = toAppError(thrown);
      const isUnconnected = code === 'upstream.connection_needed';
      context.log[isUnconnected ? 'debug' : 'warn'](
        { upstream: name, code, detail },
        'the tools of an upstream could not be looked at',
      );
    }
  };
  const schedule = (name: string): void => {
    if (waiting.has(name) || context.upstreams.find(name) === undefined) return;
    const since = context.platform.now() - (lookedAt.get(name) ?? Number.NEGATIVE_INFINITY);
    const delay = Math.max(settleMilliseconds, betweenMilliseconds - since);
    waiting.set(name, setTimeout(() => void look(name), delay).unref());
  };
  const watchAll = (): void => {
    for (const [name, watch] of watches) {
      if (context.upstreams.find(name)?.connection === watch.connection) continue;
      watch.stop();
      watches.delete(name);
      lookedAt.delete(name);
    }
    for (const live of context.upstreams.list()) {
      if (!canWatch(live) || watches.has(live.name)) continue;
      const watch = watchTools(context, live, () => schedule(live.name));
      watches.set(live.name, { connection: live.connection, stop: watch.stop });
    }
  };
  const lookAtAll = (): void => {
    for (const { name } of context.upstreams.list()) void look(name);
  };

  const forget = [context.upstreams.onToolsChanged(schedule), context.upstreams.onChange(watchAll)];
  // What one gateway sees all of them hear of.
  const timer = setInterval(() => context.jobs.areHere && lookAtAll(), periodMilliseconds).unref();
  lookAtAll();
  watchAll();
  return {
    stop() {
      for (const one of forget) one();
      clearInterval(timer);
      for (const one of waiting.values()) clearTimeout(one);
      for (const { stop } of watches.values()) stop();
      watches.clear();
    },
  };
}

/** A person's account is used for a look now and then, and never for a stream that would outlive their connection. */
function canWatch({ kind, settings }: LiveUpstream): boolean {
  return kind === 'mcp-http' && settings.credential?.kind !== 'oauth-user';
}
