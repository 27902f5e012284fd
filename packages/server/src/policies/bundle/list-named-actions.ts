import { ACTION_TYPE } from '../schema/action-names.ts';
import type { ParsedPolicy } from './parse-bundle.ts';

/** The ids of all actions that the policies name, in their scopes and conditions. */
export function listNamedActions(policies: Iterable<ParsedPolicy>): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { json } of policies) collect([json.action, json.conditions], ids);
  return ids;
}

function collect(value: unknown, ids: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && value.type === ACTION_TYPE && 'id' in value && typeof value.id === 'string') {
    ids.add(value.id);
  }
  for (const member of Object.values(value)) collect(member, ids);
}
