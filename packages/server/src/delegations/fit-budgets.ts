import { intersect, keepRemaining, type Limits } from '@countersign/core';
import type { Transaction } from '../plugins/database/database.ts';
import { type DelegationRow, toChainLink } from './delegation-row.ts';
import { loadChain } from './load-chain.ts';

/** The limits with no more of any budget than the delegation has left: what was used up is not given again. */
export async function fitBudgets(
  tx: Pick<Transaction, 'sql'>,
  row: DelegationRow,
  limits: Limits,
): Promise<Limits> {
  const used = (await loadChain(tx.sql, row.id)).at(-1);
  const left = keepRemaining(toChainLink(row).limits, {
    ...{ calls: used?.used_calls ?? 0, spendMinor: used?.used_spend_minor ?? 0 },
    ...{ rows: used?.used_rows ?? 0, bytes: used?.used_bytes ?? 0 },
  });
  const { calls, spendMinor, rows, bytes } = intersect(limits, left);
  return {
    ...limits,
    ...{ calls, spendMinor },
    ...(rows === undefined ? {} : { rows }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}
