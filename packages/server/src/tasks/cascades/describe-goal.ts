import {
  type ArgumentRole,
  type CallGoal,
  listAims,
  proposeArgumentRoles,
  type ToolDefinition,
} from '@countersign/core';
import type { PinnedTool } from '../../upstreams/index.ts';
import type { WorkGoal } from './cascades.ts';

const rolesOf = new WeakMap<PinnedTool, readonly ArgumentRole[]>();

/** What a call is for, as far as its tool says what its arguments are. */
export function describeGoal({ upstream, tool, arguments: given }: WorkGoal): CallGoal {
  if (tool === null) return { tool: `${upstream}/`, aims: [] };
  return { tool: `${upstream}/${tool.name}`, aims: listAims(given, readRoles(tool)) };
}

function readRoles(tool: PinnedTool): readonly ArgumentRole[] {
  const known = rolesOf.get(tool);
  if (known !== undefined) return known;
  const roles = proposeArgumentRoles({ ...tool.definition, name: tool.name } as ToolDefinition);
  rolesOf.set(tool, roles);
  return roles;
}
