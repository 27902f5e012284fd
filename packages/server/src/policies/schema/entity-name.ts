import type { EntityUidJson } from '@cedar-policy/cedar-wasm/nodejs';

export interface EntityName {
  readonly type: string;
  readonly id: string;
}

/** The engine writes an entity's name in two ways. */
export function readEntityName(name: EntityUidJson): EntityName {
  return '__entity' in name ? name.__entity : name;
}
