import type { Framework } from '../framework.ts';

export const owaspAgentic2026 = {
  id: 'owasp-agentic',
  title: 'OWASP Top 10 for Agentic Applications 2026',
  version: '2026',
  date: '2025-12',
  source: 'https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/',
  wording: 'verbatim',
  controls: [
    {
      id: 'ASI01',
      title: 'Agent Goal Hijack',
      claims: ['tasks-bounded', 'prompts-recorded', 'calls-asked'],
      drills: ['injection'],
    },
    {
      id: 'ASI02',
      title: 'Tool Misuse & Exploitation',
      claims: ['calls-decided', 'calls-denied', 'tools-classified'],
      drills: ['tool-misuse'],
    },
    {
      id: 'ASI03',
      title: 'Identity & Privilege Abuse',
      claims: ['tokens-bound', 'tokens-ended', 'delegations-bounded', 'chains-narrowed', 'agents-owned'],
      drills: ['stolen-token', 'rogue-sub-agent', 'ghost-owner'],
    },
    {
      id: 'ASI04',
      title: 'Agentic Supply Chain Vulnerabilities',
      claims: ['tools-pinned', 'tools-held', 'upstreams-listed'],
      drills: ['poisoned-tool'],
    },
    { id: 'ASI05', title: 'Unexpected Code Execution (RCE)', claims: ['code-execution-decided'] },
    {
      id: 'ASI06',
      title: 'Memory & Context Poisoning',
      claims: ['sources-recorded', 'labels-lifted'],
      drills: ['injection'],
    },
    {
      id: 'ASI07',
      title: 'Insecure Inter-Agent Communication',
      claims: ['chains-narrowed', 'tokens-bound'],
      drills: ['rogue-sub-agent'],
    },
    {
      id: 'ASI08',
      title: 'Cascading Failures',
      claims: ['work-held-up', 'stops-made'],
      drills: ['kill-switch', 'runaway-loop', 'retry-storm'],
    },
    {
      id: 'ASI09',
      title: 'Human-Agent Trust Exploitation',
      claims: ['approvals-signed', 'approvals-withheld', 'glass-reviewed', 'attention-checked'],
      drills: ['unattended-approval'],
    },
    {
      id: 'ASI10',
      title: 'Rogue Agents',
      claims: ['agents-owned', 'ghosts-found', 'agents-ended', 'stops-made', 'risk-noted'],
      drills: ['kill-switch', 'rogue-sub-agent', 'ghost-owner'],
    },
  ],
} as const satisfies Framework;
