import { behaviour } from './requirement.ts';

/** What went wrong elsewhere, each named after the defect that must not be here. */
function defect(id: string, promise: string) {
  return behaviour(`defect.${id}`, `test/scenarios/defects/${id}.test.ts`, promise);
}

export const defects = [
  defect(
    'revoked-grant-still-served',
    'A revoked delegation serves nothing, and no credential leaves for it.',
  ),
  defect('expired-agent-revived', 'Using what has expired or is suspended does not bring it back.'),
  defect('exported-chain-without-links', 'Exported records are tied to each other and name their causes.'),
  defect('truncated-chain-still-verifies', 'A ledger with records cut off does not verify.'),
  defect('policy-engine-needs-a-flag', 'Policies decide both ways in a plain process.'),
  defect('cost-grows-with-history', 'A call reads no history, however much there is.'),
  defect('policy-change-misses-running-task', 'A change of policy reaches the tasks that run.'),
  defect('enforcement-ends-with-growth', 'Enforcement does not end with a number of people or agents.'),
];
