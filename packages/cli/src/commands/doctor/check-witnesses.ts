import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import type { WitnessesFacts } from '../ledger/witnesses.ts';

/** Whether the witnesses believe the log and are to be believed, and whether enough of them see it. */
export async function checkWitnesses(api: ControlClient): Promise<readonly Finding[]> {
  return listWitnessFindings(await api.get<WitnessesFacts>('/v1/ledger/witnesses'));
}

/** Why a witness is not believed, or does not believe. Words for those that say most. */
const words: Readonly<Record<string, string>> = {
  ahead: 'has seen a larger ledger: this one was rolled back, or it lies',
  forked: "holds another history that this ledger's key signed",
  inconsistent: 'says that the ledger was rewritten',
  not_trusted: 'does not take this log, or not with this key',
};

/** Pure, over what is known of witnesses. */
export function listWitnessFindings({ items, quorum, published }: WitnessesFacts): readonly Finding[] {
  const fix = 'countersign ledger witnesses';
  const findings = items.flatMap(({ name, state, reason }): Finding[] => {
    if (state === 'refused') {
      const what = `witness ${name} ${words[reason ?? ''] ?? `is not to be believed: ${reason}`}`;
      return [{ id: 'witnesses.refused', severity: 'error', what, fix }];
    }
    if (state !== 'unreachable') return [];
    return [{ id: 'witnesses.unreachable', severity: 'warning', what: `witness ${name}: ${reason}`, fix }];
  });
  if (quorum > 0 && published.cosigned < quorum) {
    const what = `the newest published checkpoint is cosigned by ${published.cosigned} of ${quorum}`;
    findings.push({ id: 'witnesses.too_few', severity: 'warning', what, fix });
  }
  return findings;
}
