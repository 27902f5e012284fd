import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';

/** How far the search is that finds older records by their values too. */
export async function checkIndex(api: ControlClient): Promise<readonly Finding[]> {
  const { valuesWaiting } = await api.get<{ valuesWaiting: number }>('/v1/ledger/index');
  if (valuesWaiting === 0) return [];
  const what = `the oldest ${valuesWaiting} records cannot be found by the values of their arguments yet`;
  return [{ id: 'ledger.values_waiting', severity: 'info', what, fix: 'nothing: the server is at it' }];
}
