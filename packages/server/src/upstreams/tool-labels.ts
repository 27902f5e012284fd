import {
  type ArgumentRole,
  isJsonObject,
  type JsonObject,
  proposeArgumentRoles,
  type ResultLabels,
  UNCONFIRMED_RESULT,
} from '@countersign/core';
import type { ToolRow } from './live-upstream.ts';

/** What a person said of the arguments, or else what is proposed: naming a role never lets more through. */
export function readArgumentRoles(row: ToolRow, definition: JsonObject): readonly ArgumentRole[] {
  const stored: unknown = row.argument_roles === null ? undefined : JSON.parse(row.argument_roles);
  if (Array.isArray(stored)) return stored as readonly ArgumentRole[];
  return proposeArgumentRoles({ ...definition, name: row.name });
}

/** What a person confirmed of the results; nothing is believed of those of a tool that nobody has confirmed as it is now. */
export function readResultLabels(row: ToolRow): ResultLabels {
  const stored: unknown = row.result_labels === null ? undefined : JSON.parse(row.result_labels);
  if (row.confirmed !== 1 || !isJsonObject(stored)) return UNCONFIRMED_RESULT;
  return stored as unknown as ResultLabels;
}
