import { type CedarEntity, makeCedarEntity } from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import {
  ACTION_TYPE,
  NAMESPACE,
  nameToolAction,
  PLAIN_OPERATIONS,
  type ResourceType,
} from '../schema/action-names.ts';

export function nameEntity(type: string, id: string): CedarEntity {
  return makeCedarEntity(`${NAMESPACE}::${type}`, id);
}

export type Target = Pick<DecisionRequest, 'operation' | 'upstream' | 'tool' | 'target'>;

export function nameAction({ operation, upstream, tool }: Target): CedarEntity {
  return nameActionId(tool === null ? operation : nameToolAction(upstream, tool.name));
}

export function nameActionId(id: string): CedarEntity {
  return makeCedarEntity(ACTION_TYPE, id);
}

/** What the action is done to; undefined for a combination that the schema does not have. */
export function nameResource({ operation, upstream, tool, target }: Target): CedarEntity | undefined {
  if (tool !== null) {
    return operation === 'call' ? nameEntity('Tool', nameToolAction(upstream, tool.name)) : undefined;
  }
  const type: ResourceType | undefined = PLAIN_OPERATIONS.get(operation);
  if (type === undefined) return undefined;
  if (type === 'Upstream') return nameEntity(type, upstream);
  // A peer is named as it is anywhere else, whatever it is reached through.
  return nameEntity(type, type === 'Agent' ? target : `${upstream}/${target}`);
}
