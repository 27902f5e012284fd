import { rm } from 'node:fs/promises';
import { endDrillApprovals } from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { worldsFolder } from './open-world.ts';

/** At every start: removes what drills that were broken off have left, their requests to people too. */
export async function removeLeftWorlds(context: Context): Promise<void> {
  await rm(worldsFolder(context.config), { recursive: true, force: true });
  await endDrillApprovals(context);
}
