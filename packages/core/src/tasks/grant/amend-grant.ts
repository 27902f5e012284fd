import type { GrantAmendment } from './propose-amendment.ts';
import { MOST_GRANT_ENTRIES, type TaskGrant } from './task-grant.ts';

export type GrantChange =
  | { readonly ok: true; readonly grant: TaskGrant }
  | { readonly ok: false; readonly code: 'too_many_entries' | 'unknown_entry' | 'wider' };

/** Adds what was approved. An entry with an id the grant already has replaces that one. */
export function amendGrant(grant: TaskGrant, amendment: Pick<GrantAmendment, 'entries'>): GrantChange {
  const added = new Map(amendment.entries.map((entry) => [entry.id, entry]));
  const kept = grant.entries.filter(({ id }) => !added.has(id));
  if (kept.length + added.size > MOST_GRANT_ENTRIES) return { ok: false, code: 'too_many_entries' };
  return { ok: true, grant: { ...grant, entries: [...kept, ...added.values()] } };
}
