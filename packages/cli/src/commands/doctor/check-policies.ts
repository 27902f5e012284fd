import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import type { BundleFacts } from '../policies/bundle.ts';

/** Whether the policies in force are in quarantine. */
export async function checkPolicies(api: ControlClient): Promise<readonly Finding[]> {
  return listFindings(await api.list<BundleFacts>('/v1/policies'));
}

/** Pure, over the bundles there are. */
export function listFindings(bundles: readonly BundleFacts[]): readonly Finding[] {
  const active = bundles.find(({ isActive }) => isActive);
  if (active === undefined || active.quarantinedAt === null) return [];
  const what = `the policies in force (${active.version}) are in quarantine: the engines disagreed, and the official one decides, more slowly`;
  const fix =
    'countersign ledger search --kind policy.quarantined, report what it shows, and activate a version without those policies';
  return [{ id: 'policy.quarantined', severity: 'error', what, fix }];
}
