import type { LedgerRecord } from '@countersign/api';

/** Terms are cut here, because an upstream's or tool's name in a refused call may be hostile and endless. */
const maximumTermLength = 256;

/**
 * What a record can be found by besides its own id: every other id it names, its kind, its upstream and its tool. Each
 * term once. A record costs one index row per term, so what another term finds too (the key, the policy version) is none.
 */
export function listRecordTerms(record: LedgerRecord): readonly string[] {
  const { action, agent, task, person, approval, upstream, tool } = record;
  const terms = new Set([writeTerm('kind', record.kind)]);
  for (const id of [action, agent, task, person, approval])
    if (id !== undefined) terms.add(writeTerm('id', id));
  for (const id of record.agents ?? []) terms.add(writeTerm('id', id));
  for (const id of record.chain ?? []) terms.add(writeTerm('id', id));
  for (const id of record.causes) terms.add(writeTerm('id', id));
  if (upstream !== undefined) terms.add(writeTerm('upstream', upstream));
  if (tool !== undefined) terms.add(writeTerm('tool', `${upstream ?? ''}/${tool}`));
  return [...terms];
}

/** How a term stands in the index. Ids carry their own prefix; a tool is `<upstream>/<tool>`. */
export function writeTerm(type: 'id' | 'kind' | 'upstream' | 'tool', value: string): string {
  return (type === 'id' ? value : `${type}:${value}`).slice(0, maximumTermLength);
}
