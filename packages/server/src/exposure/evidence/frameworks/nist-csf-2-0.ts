import type { Framework } from '../framework.ts';

export const nistCsf20 = {
  id: 'nist-csf',
  title: 'NIST Cybersecurity Framework',
  version: '2.0',
  date: '2024-02',
  source: 'https://doi.org/10.6028/NIST.CSWP.29',
  wording: 'verbatim',
  controls: [
    {
      id: 'GV.RR-02',
      title:
        'Roles, responsibilities, and authorities related to cybersecurity risk management are established, communicated, understood, and enforced',
      claims: ['agents-owned', 'people-verified'],
    },
    {
      id: 'GV.SC-07',
      title:
        'The risks posed by a supplier, their products and services, and other third parties are understood, recorded, prioritized, assessed, responded to, and monitored over the course of the relationship',
      claims: ['upstreams-listed', 'tools-held'],
    },
    {
      id: 'ID.AM-02',
      title: 'Inventories of software, services, and systems managed by the organization are maintained',
      claims: ['agents-registered', 'upstreams-listed'],
    },
    {
      id: 'ID.AM-08',
      title: 'Systems, hardware, software, services, and data are managed throughout their life cycles',
      claims: ['agents-registered', 'agents-ended', 'keys-rotated'],
    },
    {
      id: 'PR.AA-01',
      title:
        'Identities and credentials for authorized users, services, and hardware are managed by the organization',
      claims: ['agents-registered', 'keys-rotated', 'people-verified', 'leavers-handled'],
    },
    {
      id: 'PR.AA-02',
      title: 'Identities are proofed and bound to credentials based on the context of interactions',
      claims: ['workloads-trusted', 'people-verified', 'keys-single'],
    },
    {
      id: 'PR.AA-03',
      title: 'Users, services, and hardware are authenticated',
      claims: ['tokens-bound', 'tokens-refused', 'people-verified'],
      drills: ['stolen-token'],
    },
    {
      id: 'PR.AA-04',
      title: 'Identity assertions are protected, conveyed, and verified',
      claims: ['tokens-bound', 'chains-narrowed'],
      drills: ['stolen-token'],
    },
    {
      id: 'PR.AA-05',
      title:
        'Access permissions, entitlements, and authorizations are defined in a policy, managed, enforced, and reviewed, and incorporate the principles of least privilege and separation of duties',
      claims: [
        'policies-versioned',
        'calls-decided',
        'reviews-decided',
        'delegations-bounded',
        'approvals-signed',
      ],
      drills: ['rogue-sub-agent'],
    },
    {
      id: 'PR.AA-06',
      title: 'Physical access to assets is managed, monitored, and enforced commensurate with risk',
      outOfScope: 'Physical access is not governed here.',
    },
    {
      id: 'PR.DS-01',
      title: 'The confidentiality, integrity, and availability of data-at-rest are protected',
      claims: ['ledger-proven', 'configuration-strict'],
    },
    {
      id: 'PR.DS-02',
      title: 'The confidentiality, integrity, and availability of data-in-transit are protected',
      claims: ['configuration-strict'],
    },
    {
      id: 'PR.DS-10',
      title: 'The confidentiality, integrity, and availability of data-in-use are protected',
      claims: ['sources-recorded', 'labels-lifted', 'calls-denied'],
      drills: ['injection'],
    },
    {
      id: 'PR.PS-01',
      title: 'Configuration management practices are established and applied',
      claims: ['policies-versioned', 'configuration-strict'],
    },
    {
      id: 'PR.PS-04',
      title: 'Log records are generated and made available for continuous monitoring',
      claims: ['ledger-proven', 'calls-decided', 'evidence-sent'],
    },
    {
      id: 'PR.PS-05',
      title: 'Installation and execution of unauthorized software are prevented',
      claims: ['tools-pinned', 'tools-held', 'code-execution-decided'],
      drills: ['poisoned-tool'],
    },
    {
      id: 'DE.CM-01',
      title: 'Networks and network services are monitored to find potentially adverse events',
      claims: ['calls-decided', 'outcomes-recorded'],
    },
    {
      id: 'DE.CM-03',
      title: 'Personnel activity and technology usage are monitored to find potentially adverse events',
      claims: ['calls-decided', 'people-verified', 'ghosts-found'],
    },
    {
      id: 'DE.CM-06',
      title:
        'External service provider activities and services are monitored to find potentially adverse events',
      claims: ['outcomes-recorded', 'tools-held'],
    },
    {
      id: 'DE.CM-09',
      title:
        'Computing hardware and software, runtime environments, and their data are monitored to find potentially adverse events',
      claims: ['calls-decided', 'models-recorded'],
    },
    {
      id: 'DE.AE-02',
      title: 'Potentially adverse events are analyzed to better understand associated activities',
      claims: ['risk-noted', 'calls-refused'],
    },
    {
      id: 'DE.AE-03',
      title: 'Information is correlated from multiple sources',
      claims: ['signals-exchanged', 'prompts-recorded', 'sources-recorded'],
    },
    {
      id: 'DE.AE-04',
      title: 'The estimated impact and scope of adverse events are understood',
      claims: ['ledger-proven', 'sources-recorded'],
    },
    {
      id: 'DE.AE-06',
      title: 'Information on adverse events is provided to authorized staff and tools',
      claims: ['evidence-sent', 'signals-exchanged'],
    },
    {
      id: 'DE.AE-07',
      title: 'Cyber threat intelligence and other contextual information are integrated into the analysis',
      outOfScope: 'Threat intelligence is not taken in here.',
    },
    {
      id: 'DE.AE-08',
      title: 'Incidents are declared when adverse events meet the defined incident criteria',
      outOfScope: 'People declare incidents elsewhere; what they stop here stands under RS.MI-01.',
    },
    {
      id: 'RS.MA-01',
      title:
        'The incident response plan is executed in coordination with relevant third parties once an incident is declared',
      outOfScope: 'The plan and its execution are the organisation’s.',
    },
    {
      id: 'RS.MA-02',
      title: 'Incident reports are triaged and validated',
      claims: ['glass-reviewed', 'signals-exchanged'],
    },
    {
      id: 'RS.MA-03',
      title: 'Incidents are categorized and prioritized',
      outOfScope: 'Incidents are categorised elsewhere.',
    },
    {
      id: 'RS.MA-04',
      title: 'Incidents are escalated or elevated as needed',
      claims: ['approvals-escalated'],
    },
    {
      id: 'RS.MA-05',
      title: 'The criteria for initiating incident recovery are applied',
      outOfScope: 'Recovery is the organisation’s; lifting a stop stands under RS.MI-02.',
    },
    {
      id: 'RS.AN-03',
      title:
        'Analysis is performed to establish what has taken place during an incident and the root cause of the incident',
      claims: ['ledger-proven', 'prompts-recorded', 'sources-recorded'],
    },
    {
      id: 'RS.AN-06',
      title:
        "Actions performed during an investigation are recorded, and the records' integrity and provenance are preserved",
      claims: ['ledger-proven'],
    },
    {
      id: 'RS.AN-07',
      title: 'Incident data and metadata are collected, and their integrity and provenance are preserved',
      claims: ['ledger-proven', 'evidence-sent'],
    },
    {
      id: 'RS.AN-08',
      title: "An incident's magnitude is estimated and validated",
      claims: ['sources-recorded', 'outcomes-recorded'],
    },
    {
      id: 'RS.CO-02',
      title: 'Internal and external stakeholders are notified of incidents',
      claims: ['signals-exchanged', 'evidence-sent'],
    },
    {
      id: 'RS.CO-03',
      title: 'Information is shared with designated internal and external stakeholders',
      claims: ['signals-exchanged', 'evidence-sent'],
    },
    {
      id: 'RS.MI-01',
      title: 'Incidents are contained',
      claims: ['stops-made', 'work-held-up', 'agents-ended'],
      drills: ['kill-switch'],
    },
    {
      id: 'RS.MI-02',
      title: 'Incidents are eradicated',
      claims: ['tokens-ended', 'agents-ended', 'leavers-handled'],
    },
  ],
} as const satisfies Framework;
