import type { Finding } from '../../dev-findings.ts';
import type { Session } from '../../session.ts';
import type { KeyCopyFacts } from '../ledger/key-copy-facts.ts';

/** Copies of the evidence keys from which something that was erased can still be opened. */
export async function checkKeyCopies(api: ReturnType<Session['api']>): Promise<readonly Finding[]> {
  const { items } = await api.get<{ items: readonly KeyCopyFacts[] }>('/v1/ledger/key-copies');
  const stale = items.filter(({ isStale }) => isStale).map(({ number }) => number);
  if (stale.length === 0) return [];
  const what = `copies of the evidence keys can open what was erased since they were made: ${stale.join(', ')}`;
  const fix = `destroy them, then: countersign ledger key-copies --destroyed ${stale[0]}`;
  return [{ id: 'ledger.stale_key_copy', severity: 'warning', what, fix }];
}
