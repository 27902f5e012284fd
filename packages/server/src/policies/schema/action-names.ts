import { ACTION_KINDS, type ActionKind, EFFECTS, type Effect, type Reversibility } from '@countersign/core';
import type { Operation } from '../policy-state.ts';

export const NAMESPACE = 'Countersign';
export const ACTION_TYPE = `${NAMESPACE}::Action`;

/** The group of all tool calls. */
export const CALL_GROUP = 'call';

/** The group of all calls that nobody has confirmed can be taken back. */
export const IRREVERSIBLE_GROUP = 'irreversible';

export type ResourceType = 'Tool' | 'Resource' | 'Prompt' | 'Upstream' | 'Model' | 'Agent';

/** The actions that name no tool, and on what they act. */
export const PLAIN_OPERATIONS: ReadonlyMap<Operation, ResourceType> = new Map<Operation, ResourceType>([
  ['call_agent', 'Agent'],
  ['call_model', 'Model'],
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

export function nameKindGroup(kind: ActionKind): string {
  return `kind:${kind}`;
}

/** What decides in which groups a tool's action is. */
export interface GroupedTool {
  readonly effects: readonly Effect[];
  readonly kind: ActionKind;
  readonly reversibility: Reversibility;
}

/** All groups of a tool's action. */
export function listToolGroups({ effects, kind, reversibility }: GroupedTool): readonly string[] {
  return [
    CALL_GROUP,
    nameKindGroup(kind),
    ...effects.map(nameEffectGroup),
    ...(reversibility === 'reversible' ? [] : [IRREVERSIBLE_GROUP]),
  ];
}

/** All groups of an action that names no tool. */
export function listPlainGroups(operation: Operation): readonly string[] {
  if (operation === 'call_model') return [nameKindGroup('model')];
  return operation === 'call_agent' ? [nameKindGroup('agent')] : [];
}

/** Groups of tool calls only, which are all in `call`. */
export function listCallGroups(): readonly string[] {
  return [...EFFECTS.map(nameEffectGroup), IRREVERSIBLE_GROUP];
}

export function listKindGroups(): readonly string[] {
  return ACTION_KINDS.map(nameKindGroup);
}

export function isActionGroup(id: string): boolean {
  return id === CALL_GROUP || listCallGroups().includes(id) || listKindGroups().includes(id);
}
