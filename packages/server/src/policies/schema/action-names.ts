import { EFFECTS, type Effect } from '@countersign/core';
import type { Operation } from '../policy-state.ts';

export const NAMESPACE = 'Countersign';
export const ACTION_TYPE = `${NAMESPACE}::Action`;

/** The group of all tool calls. */
export const CALL_GROUP = 'call';

export type ResourceType = 'Tool' | 'Resource' | 'Prompt' | 'Upstream';

/** The actions that name no tool, and on what they act. */
export const PLAIN_OPERATIONS: ReadonlyMap<Operation, ResourceType> = new Map<Operation, ResourceType>([
  ['complete', 'Upstream'],
  ['discover', 'Upstream'],
  ['follow_up', 'Upstream'],
  ['get_prompt', 'Prompt'],
  ['notify', 'Upstream'],
  ['read_resource', 'Resource'],
  ['subscribe', 'Upstream'],
]);

/** A tool's action. Upstream names have no slash, so two tools never share a name; plain operations and groups have none. */
export function nameToolAction(upstream: string, tool: string): string {
  return `${upstream}/${tool}`;
}

export function nameEffectGroup(effect: Effect): string {
  return `effect:${effect}`;
}

export function listEffectGroups(): readonly string[] {
  return EFFECTS.map(nameEffectGroup);
}

export function isActionGroup(id: string): boolean {
  return id === CALL_GROUP || listEffectGroups().includes(id);
}
