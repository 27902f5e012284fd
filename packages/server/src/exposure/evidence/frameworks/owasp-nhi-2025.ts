import type { Framework } from '../framework.ts';

export const owaspNhi2025 = {
  id: 'owasp-nhi',
  title: 'OWASP NHI Top 10 - 2025',
  version: '2025',
  date: '2025',
  source: 'https://owasp.org/www-project-non-human-identities-top-10/',
  wording: 'verbatim',
  controls: [
    {
      id: 'NHI1:2025',
      title: 'Improper Offboarding',
      claims: ['leavers-handled', 'agents-ended', 'ghosts-found'],
      drills: ['ghost-owner'],
    },
    {
      id: 'NHI2:2025',
      title: 'Secret Leakage',
      claims: ['credentials-minted', 'secrets-changed', 'secrets-aged'],
    },
    {
      id: 'NHI3:2025',
      title: 'Vulnerable Third-Party NHI',
      claims: ['upstreams-listed', 'credentials-minted', 'tools-held'],
      drills: ['poisoned-tool'],
    },
    {
      id: 'NHI4:2025',
      title: 'Insecure Authentication',
      claims: ['tokens-bound', 'tokens-refused'],
      drills: ['stolen-token'],
    },
    {
      id: 'NHI5:2025',
      title: 'Overprivileged NHI',
      claims: ['delegations-bounded', 'reviews-decided', 'chains-narrowed'],
      drills: ['rogue-sub-agent'],
    },
    {
      id: 'NHI6:2025',
      title: 'Insecure Cloud Deployment Configurations',
      claims: ['workloads-trusted', 'configuration-strict'],
    },
    { id: 'NHI7:2025', title: 'Long-Lived Secrets', claims: ['token-life', 'secrets-aged', 'keys-rotated'] },
    { id: 'NHI8:2025', title: 'Environment Isolation', claims: ['environments-held'] },
    { id: 'NHI9:2025', title: 'NHI Reuse', claims: ['keys-single', 'ghosts-found'] },
    {
      id: 'NHI10:2025',
      title: 'Human Use of NHI',
      claims: ['approvals-signed', 'people-verified'],
      drills: ['unattended-approval'],
    },
  ],
} as const satisfies Framework;
