import type { LedgerRecord } from '@countersign/api';

/** Terms are cut here, because an upstream's or tool's name in a refused call may be hostile and endless. */
export const maximumTermLength = 256;

/** What a record can be found by: every id it names, its kind, and its upstream and tool. Each term once. */
export function listRecordTerms(record: LedgerRecord): ReadonlySet<string> {
  const terms = new Set<string>();
  const { action, agent, key, task, person, approval, policyVersion, upstream, tool } = record;
  terms.add(`kind:${record.kind}`);
  for (const id of [action, agent, task, person, approval]) if (id !== undefined) terms.add(id);
  for (const id of record.chain ?? []) terms.add(id);
  for (const id of record.causes) terms.add(id);
  if (key !== undefined) terms.add(`key:${key}`);
  if (policyVersion !== undefined) terms.add(`policy:${policyVersion}`);
  if (upstream !== undefined) terms.add(`upstream:${upstream}`);
  if (tool !== undefined) terms.add(`tool:${tool}`);
  return new Set([...terms].map((term) => term.slice(0, maximumTermLength)));
}
