import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { DeclaredTypes } from './declared-types.ts';

/** The schema under which a bundle is checked: what this server generates, and what the bundle declares. */
export function joinSchema(
  generated: SchemaJson<string>,
  declared: DeclaredTypes | null,
): SchemaJson<string> {
  return declared === null ? generated : { ...declared.schema, ...generated };
}
