import { rm } from 'node:fs/promises';
import { endDrillApprovals } from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { isAlone } from '../../../jobs/index.ts';
import { worldsFolder } from './open-world.ts';

/** At every start: removes what drills that were broken off have left, their requests to people too. */
export async function removeLeftWorlds(context: Context): Promise<void> {
  await rm(worldsFolder(context), { recursive: true, force: true });
  // What another gateway asks for in a run of its own goes on; what nobody takes back any more expires.
  if (await isAlone(context.store)) await endDrillApprovals(context);
}
