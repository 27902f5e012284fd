import type { TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { DecisionRequest } from '../policy-state.ts';
import {
  ACTION_TYPE,
  NAMESPACE,
  nameToolAction,
  PLAIN_OPERATIONS,
  type ResourceType,
} from '../schema/action-names.ts';

export function nameEntity(type: string, id: string): { __entity: TypeAndId } {
  return { __entity: nameType(type, id) };
}

export function nameType(type: string, id: string): TypeAndId {
  return { type: `${NAMESPACE}::${type}`, id };
}

export type Target = Pick<DecisionRequest, 'operation' | 'upstream' | 'tool' | 'target'>;

export function nameAction({ operation, upstream, tool }: Target): TypeAndId {
  return { type: ACTION_TYPE, id: tool === null ? operation : nameToolAction(upstream, tool.name) };
}

/** What the action is done to; undefined for a combination that the schema does not have. */
export function nameResource({ operation, upstream, tool, target }: Target): TypeAndId | undefined {
  if (tool !== null) {
    return operation === 'call' ? nameType('Tool', nameToolAction(upstream, tool.name)) : undefined;
  }
  const type: ResourceType | undefined = PLAIN_OPERATIONS.get(operation);
  if (type === undefined) return undefined;
  if (type === 'Upstream') return nameType(type, upstream);
  // A peer is named as it is anywhere else, whatever it is reached through.
  return nameType(type, type === 'Agent' ? target : `${upstream}/${target}`);
}
