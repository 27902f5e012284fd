import { AppError } from '@countersign/api';
import type { DrillState } from './drill-world.ts';

/** `buildWorld` puts a context together as the server's own is. */
export function createDrillState(buildWorld: DrillState['buildWorld']): DrillState {
  const closing = new AbortController();
  let running: Promise<unknown> | undefined;
  return {
    buildWorld,
    get isFree() {
      return running === undefined && !closing.signal.aborted;
    },
    async alone(work) {
      if (running !== undefined || closing.signal.aborted) throw new AppError('exposure.drills_running');
      const run = work(closing.signal);
      running = run;
      try {
        return await run;
      } finally {
        running = undefined;
      }
    },
    async close() {
      closing.abort();
      await running?.catch(() => undefined);
    },
  };
}
