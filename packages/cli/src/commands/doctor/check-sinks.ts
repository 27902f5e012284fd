import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import { listSinks, type SinkStanding } from '../ledger/sink-standing.ts';

const lateMilliseconds = 10 * 60_000;

/** Whether the places that are sent the evidence get it. */
export async function checkSinks(api: ControlClient, now: number): Promise<readonly Finding[]> {
  return listSinkFindings(await listSinks(api), now);
}

/** Pure, over how the sinks stand. */
export function listSinkFindings(
  sinks: readonly Pick<SinkStanding, 'behind' | 'failingSince' | 'lastError' | 'name' | 'setAside'>[],
  now: number,
): readonly Finding[] {
  return sinks.flatMap(({ name, behind, failingSince, lastError, setAside }) => {
    const findings: Finding[] = [];
    if (failingSince !== null && now - failingSince > lateMilliseconds) {
      const what = `the sink ${name} has taken nothing for more than ten minutes, ${behind} records wait: ${lastError ?? 'for no known reason'}`;
      findings.push({
        id: 'sinks.late',
        severity: 'warning',
        what,
        fix: `countersign ledger sinks test ${name}`,
      });
    }
    if (setAside > 0) {
      const what = `the sink ${name} refused ${setAside} records, which were set aside`;
      const fix = `countersign ledger sinks refused ${name}`;
      findings.push({ id: 'sinks.refused', severity: 'warning', what, fix });
    }
    return findings;
  });
}
