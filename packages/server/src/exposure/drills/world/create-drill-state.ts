import { AppError } from '@countersign/api';
import type { DrillState } from './drill-world.ts';

/** `buildWorld` puts a context together as the server's own is. */
export function createDrillState(buildWorld: DrillState['buildWorld']): DrillState {
  let isRunning = false;
  return {
    buildWorld,
    async alone(work) {
      if (isRunning) throw new AppError('exposure.drills_running');
      isRunning = true;
      try {
        return await work();
      } finally {
        isRunning = false;
      }
    },
  };
}
