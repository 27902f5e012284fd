import type { GrantTerms } from './grant.ts';

/** Whether all that the first lets happen the second does, too: who signs later may only let less happen. */
export function isNarrowerGrant(first: GrantTerms, second: GrantTerms): boolean {
  return (
    (first.scope === second.scope || first.scope === 'task') &&
    first.toolDigest === second.toolDigest &&
    first.environment === second.environment &&
    JSON.stringify(first.effects) === JSON.stringify(second.effects) &&
    JSON.stringify(first.origins) === JSON.stringify(second.origins) &&
    first.free.every((pointer) => second.free.includes(pointer)) &&
    first.atMost.every((one) =>
      second.atMost.some(({ pointer, most }) => pointer === one.pointer && one.most <= most),
    ) &&
    first.uses <= second.uses &&
    first.expiresAt <= second.expiresAt &&
    isLess(first.total, second.total)
  );
}

function isLess(first: GrantTerms['total'], second: GrantTerms['total']): boolean {
  if (first === null || second === null) return first === second;
  return first.currency === second.currency && first.minor <= second.minor;
}
