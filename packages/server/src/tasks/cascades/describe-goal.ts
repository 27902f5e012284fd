import { type CallGoal, listAims } from '@countersign/core';
import type { WorkGoal } from './cascades.ts';

/** What a call is for, as far as its tool says what its arguments are. */
export function describeGoal({ upstream, tool, arguments: given }: WorkGoal): CallGoal {
  if (tool === null) return { tool: `${upstream}/`, aims: [] };
  return { tool: `${upstream}/${tool.name}`, aims: listAims(given, tool.argumentRoles) };
}
