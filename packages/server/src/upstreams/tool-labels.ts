import {
  type ActionKind,
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

/**
 * A model says nothing but what it makes of what it was shown, which was labelled when the task read it: its answers add
 * no label. No value in them counts as seen, so they prove nothing either (docs/adr/0018).
 */
const SHOWN_RESULT: ResultLabels = {
  trust: 'trusted',
  sensitivity: 'public',
  audience: 'anyone',
  fields: [],
};

/** What a person confirmed of the results; nothing is believed of those of a tool that nobody has confirmed as it is now. */
export function readResultLabels(row: ToolRow, kind?: ActionKind): ResultLabels {
  const stored: unknown = row.result_labels === null ? undefined : JSON.parse(row.result_labels);
  if (row.confirmed !== 1 || !isJsonObject(stored))
    return kind === 'model' ? SHOWN_RESULT : UNCONFIRMED_RESULT;
  return stored as unknown as ResultLabels;
}
