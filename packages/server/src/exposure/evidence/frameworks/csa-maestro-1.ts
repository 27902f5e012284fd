import type { Framework } from '../framework.ts';

export const csaMaestro1 = {
  id: 'csa-maestro',
  title: 'CSA MAESTRO',
  version: '1',
  date: '2025-02',
  source: 'https://cloudsecurityalliance.org/blog/2025/02/06/agentic-ai-threat-modeling-framework-maestro',
  wording: 'verbatim',
  controls: [
    {
      id: 'L1',
      title: 'Foundation Models',
      outOfScope: 'Models are not governed here; which one was asked is recorded with each call of a model.',
    },
    {
      id: 'L2',
      title: 'Data Operations',
      claims: ['sources-recorded', 'labels-lifted', 'environments-held'],
      drills: ['injection'],
    },
    {
      id: 'L3',
      title: 'Agent Frameworks',
      claims: ['calls-decided', 'tools-pinned', 'tools-held'],
      drills: ['poisoned-tool', 'tool-misuse'],
    },
    {
      id: 'L4',
      title: 'Deployment and Infrastructure',
      claims: ['workloads-trusted', 'configuration-strict', 'token-life'],
    },
    {
      id: 'L5',
      title: 'Evaluation and Observability',
      claims: ['ledger-proven', 'outcomes-recorded', 'evidence-sent', 'drills-run'],
    },
    {
      id: 'L6',
      title: 'Security and Compliance',
      claims: ['policies-versioned', 'approvals-signed', 'calls-denied', 'reviews-decided'],
      drills: ['unattended-approval'],
    },
    {
      id: 'L7',
      title: 'Agent Ecosystem',
      claims: ['agents-registered', 'agents-owned', 'chains-narrowed'],
      drills: ['rogue-sub-agent', 'ghost-owner'],
    },
  ],
} as const satisfies Framework;
