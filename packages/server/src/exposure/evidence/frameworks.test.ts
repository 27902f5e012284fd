import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { claimIds } from './claims/claim.ts';
import { claims } from './claims/list-claims.ts';
import { frameworks } from './list-frameworks.ts';

const controlsOf = (id: string) => frameworks.find((one) => one.id === id)?.controls ?? [];
const idsOf = (id: string) => controlsOf(id).map((control) => control.id);
const words = (text: string) => text.trim().split(/\s+/);

describe('the frameworks', () => {
  it('have the ids of their editions, and no other', () => {
    expect(controlsOf('owasp-agentic').map(({ id, title }) => `${id} ${title}`)).toEqual([
      'ASI01 Agent Goal Hijack',
      'ASI02 Tool Misuse & Exploitation',
      'ASI03 Identity & Privilege Abuse',
      'ASI04 Agentic Supply Chain Vulnerabilities',
      'ASI05 Unexpected Code Execution (RCE)',
      'ASI06 Memory & Context Poisoning',
      'ASI07 Insecure Inter-Agent Communication',
      'ASI08 Cascading Failures',
      'ASI09 Human-Agent Trust Exploitation',
      'ASI10 Rogue Agents',
    ]);
    expect(controlsOf('owasp-nhi').map(({ id, title }) => `${id} ${title}`)).toEqual([
      'NHI1:2025 Improper Offboarding',
      'NHI2:2025 Secret Leakage',
      'NHI3:2025 Vulnerable Third-Party NHI',
      'NHI4:2025 Insecure Authentication',
      'NHI5:2025 Overprivileged NHI',
      'NHI6:2025 Insecure Cloud Deployment Configurations',
      'NHI7:2025 Long-Lived Secrets',
      'NHI8:2025 Environment Isolation',
      'NHI9:2025 NHI Reuse',
      'NHI10:2025 Human Use of NHI',
    ]);
    expect(idsOf('nist-ai-rmf').join()).toBe(
      'GOVERN 1.6,GOVERN 1.7,GOVERN 2.1,GOVERN 3.2,GOVERN 4.3,GOVERN 6.1,GOVERN 6.2,MAP 3.5,MAP 4.1,MAP 4.2,MEASURE 2.4,MEASURE 2.7,MEASURE 2.8,MEASURE 3.1,MANAGE 1.3,MANAGE 2.4,MANAGE 3.1,MANAGE 4.1,MANAGE 4.3',
    );
    expect(idsOf('nist-ai-600-1')).toEqual(
      words(`GV-1.6-001 GV-1.6-003 GV-1.7-001 GV-2.1-001 GV-3.2-001 GV-3.2-003 GV-3.2-005 GV-4.3-002 GV-6.1-007
        GV-6.2-003 MS-2.6-005 MS-2.6-007 MS-2.7-001 MS-2.7-004 MS-2.7-007 MS-2.7-009 MS-2.8-003 MG-2.3-001 MG-2.4-001
        MG-2.4-002 MG-2.4-003 MG-2.4-004 MG-3.1-001 MG-4.1-002 MG-4.3-001 MG-4.3-002`),
    );
    expect(idsOf('nist-csf')).toEqual(
      words(`GV.RR-02 GV.SC-07 ID.AM-02 ID.AM-08 PR.AA-01 PR.AA-02 PR.AA-03 PR.AA-04 PR.AA-05 PR.AA-06 PR.DS-01 PR.DS-02
        PR.DS-10 PR.PS-01 PR.PS-04 PR.PS-05 DE.CM-01 DE.CM-03 DE.CM-06 DE.CM-09 DE.AE-02 DE.AE-03 DE.AE-04 DE.AE-06
        DE.AE-07 DE.AE-08 RS.MA-01 RS.MA-02 RS.MA-03 RS.MA-04 RS.MA-05 RS.AN-03 RS.AN-06 RS.AN-07 RS.AN-08 RS.CO-02
        RS.CO-03 RS.MI-01 RS.MI-02`),
    );
    expect(controlsOf('csa-maestro').map(({ id, title }) => `${id} ${title}`)).toEqual([
      'L1 Foundation Models',
      'L2 Data Operations',
      'L3 Agent Frameworks',
      'L4 Deployment and Infrastructure',
      'L5 Evaluation and Observability',
      'L6 Security and Compliance',
      'L7 Agent Ecosystem',
    ]);
  });

  it('name claims that are looked up, once each, and drills that are shipped', () => {
    expect(claims.map(({ id }) => id).sort()).toEqual([...claimIds].sort());
    const controls = frameworks.flatMap((framework) => framework.controls);
    const used = new Set(controls.flatMap((control) => ('claims' in control ? control.claims : [])));
    expect([...used].sort()).toEqual([...claimIds].sort());
    const shipped = readdirSync(new URL('../drills/built-in/', import.meta.url));
    for (const control of controls) {
      if ('outOfScope' in control) continue;
      for (const drill of control.drills ?? []) expect(shipped).toContain(`${drill}.yaml`);
    }
  });
});
