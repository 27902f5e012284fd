import type { Framework } from '../framework.ts';

export const nistAi6001 = {
  id: 'nist-ai-600-1',
  title: 'NIST AI 600-1 Generative AI Profile',
  version: 'July 2024',
  date: '2024-07',
  source: 'https://doi.org/10.6028/NIST.AI.600-1',
  wording: 'summary',
  controls: [
    {
      id: 'GV-1.6-001',
      title: 'Enumerate GAI systems in inventory',
      claims: ['agents-registered', 'agents-owned'],
    },
    {
      id: 'GV-1.6-003',
      title: 'Inventory entries: provenance, oversight roles, models, access modes',
      claims: ['agents-owned', 'models-recorded'],
    },
    {
      id: 'GV-1.7-001',
      title: 'Protocols so systems can be deactivated',
      claims: ['agents-ended', 'stops-made'],
      drills: ['kill-switch'],
    },
    {
      id: 'GV-2.1-001',
      title: 'Incident communication roles',
      claims: ['signals-exchanged', 'evidence-sent'],
    },
    {
      id: 'GV-3.2-001',
      title: 'Independent evaluation proportional to risk',
      outOfScope: 'An evaluation by others is not made by this installation.',
    },
    {
      id: 'GV-3.2-003',
      title: 'Acceptable use policies for human-AI configurations incl. what to refuse',
      claims: ['policies-versioned', 'calls-denied'],
    },
    {
      id: 'GV-3.2-005',
      title: 'Threat modelling',
      outOfScope:
        'Threat models are documents of people; the drills of other controls try some of what they name.',
    },
    {
      id: 'GV-4.3-002',
      title: 'Minimum set for incident reporting',
      claims: ['ledger-proven', 'stops-made'],
    },
    {
      id: 'GV-6.1-007',
      title: 'Inventory third parties with access, approved lists',
      claims: ['upstreams-listed', 'tools-pinned'],
    },
    {
      id: 'GV-6.2-003',
      title: 'Incident response for third-party GAI',
      claims: ['tools-held', 'work-held-up'],
      drills: ['poisoned-tool'],
    },
    {
      id: 'MS-2.6-005',
      title: 'Monitor, handle, recover from security anomalies',
      claims: ['risk-noted', 'work-held-up', 'stops-made'],
      drills: ['runaway-loop'],
    },
    {
      id: 'MS-2.6-007',
      title: 'Evaluate circumvention of safety measures',
      claims: ['drills-run'],
      drills: ['tool-misuse', 'rogue-sub-agent', 'stolen-token'],
    },
    {
      id: 'MS-2.7-001',
      title: 'Apply established security measures (names autonomous agents)',
      claims: ['tokens-bound', 'calls-decided', 'ledger-proven'],
    },
    {
      id: 'MS-2.7-004',
      title: 'Metrics of security effectiveness incl. unauthorized access attempts',
      claims: ['calls-refused', 'calls-denied', 'tokens-refused'],
    },
    {
      id: 'MS-2.7-007',
      title: 'Red-teaming incl. prompt injection',
      claims: ['drills-run'],
      drills: ['injection', 'poisoned-tool'],
    },
    {
      id: 'MS-2.7-009',
      title: 'Verify security measures remain effective',
      claims: ['drills-run', 'policies-versioned'],
      drills: ['injection', 'stolen-token', 'tool-misuse', 'kill-switch'],
    },
    { id: 'MS-2.8-003', title: 'Tamper-proof history', claims: ['ledger-proven'] },
    { id: 'MG-2.3-001', title: 'Response/recovery plans', claims: ['drills-run'] },
    {
      id: 'MG-2.4-001',
      title: 'Communication on deactivation incl. access removal',
      claims: ['agents-ended', 'signals-exchanged', 'leavers-handled'],
      drills: ['ghost-owner'],
    },
    {
      id: 'MG-2.4-002',
      title: 'Escalation when criteria met',
      claims: ['calls-asked', 'approvals-escalated'],
    },
    { id: 'MG-2.4-003', title: 'Remediation', claims: ['reviews-decided', 'tokens-ended'] },
    { id: 'MG-2.4-004', title: 'Review deactivation criteria', claims: ['reviews-decided', 'ghosts-found'] },
    { id: 'MG-3.1-001', title: 'Risk tolerance for third-party', claims: ['tools-classified', 'tools-held'] },
    {
      id: 'MG-4.1-002',
      title: 'Post-deployment monitoring',
      claims: ['calls-decided', 'outcomes-recorded', 'risk-noted'],
    },
    { id: 'MG-4.3-001', title: 'After-action', claims: ['glass-reviewed', 'approvals-regretted'] },
    {
      id: 'MG-4.3-002',
      title: 'Record errors and near misses',
      claims: ['calls-refused', 'approvals-withheld', 'ledger-proven'],
    },
  ],
} as const satisfies Framework;
