import type { CommandDefinition } from '../../command.ts';
import { listDrills } from './list.ts';
import { runDrills } from './run.ts';
import { listRuns } from './runs.ts';
import { scheduleDrills } from './schedule.ts';
import { showRun } from './show.ts';
import { verifyReport } from './verify.ts';

export const commands: readonly CommandDefinition[] = [
  runDrills,
  listDrills,
  listRuns,
  showRun,
  scheduleDrills,
  verifyReport,
];
