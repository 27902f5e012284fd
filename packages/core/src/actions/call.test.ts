import { describe, expect, it } from 'vitest';
import type { Requirement } from '../approvals/requirement.ts';
import { type CallForApproval, canonicalApproval, canonicalCall } from './call.ts';

const requirement: Requirement = {
  approvers: ['role:finance'],
  excluded: ['owner'],
  quorum: 1,
  method: 'passkey',
  withinSeconds: 600,
  notify: [],
};

const call: CallForApproval = {
  agent: 'agt_1',
  task: 'tsk_1',
  target: 'ups_1',
  tool: 'create_payment',
  arguments: { payee: 'Acme', amount: 100 },
  key: 'thumbprint',
  agents: ['agt_0', 'agt_1'],
  chain: ['dlg_1', 'dlg_2'],
  requirement,
  policyVersion: 'pol_1',
  outcome: 'allow',
  nonce: 'n',
  expiresAt: 1_700_000_000_000,
};

describe('canonicalCall', () => {
  it('is the canonical text of the call alone', () => {
    expect(canonicalCall(call)).toBe(
      '{"agent":"agt_1","arguments":{"amount":100,"payee":"Acme"},"target":"ups_1","task":"tsk_1",' +
        '"tool":"create_payment","type":"countersign/call/v1"}',
    );
  });

  it('does not depend on the order of arguments', () => {
    expect(canonicalCall({ ...call, arguments: { amount: 100, payee: 'Acme' } })).toBe(canonicalCall(call));
  });

  it.each<[string, Partial<CallForApproval>]>([
    ['agent', { agent: 'agt_2' }],
    ['task', { task: 'tsk_2' }],
    ['target', { target: 'ups_2' }],
    ['tool', { tool: 'create_payments' }],
    ['arguments', { arguments: { payee: 'Acme', amount: 101 } }],
    ['type of an argument', { arguments: { payee: 'Acme', amount: '100' } }],
  ])('changes with the %s', (_, change) => {
    expect(canonicalCall({ ...call, ...change })).not.toBe(canonicalCall(call));
    expect(canonicalApproval({ ...call, ...change })).not.toBe(canonicalApproval(call));
  });
});

describe('canonicalApproval', () => {
  it.each<[string, Partial<CallForApproval>]>([
    ['key', { key: 'another' }],
    ['agents it came through', { agents: ['agt_1'] }],
    ['chain', { chain: ['dlg_1'] }],
    ['order of the chain', { chain: ['dlg_2', 'dlg_1'] }],
    ['quorum', { requirement: { ...requirement, quorum: 2 } }],
    ['approvers', { requirement: { ...requirement, approvers: ['role:ops'] } }],
    ['policy version', { policyVersion: 'pol_2' }],
    ['nonce', { nonce: 'm' }],
    ['expiry', { expiresAt: 1_700_000_000_001 }],
  ])('changes with the %s, which leaves the call the same', (_, change) => {
    expect(canonicalApproval({ ...call, ...change })).not.toBe(canonicalApproval(call));
    expect(canonicalCall({ ...call, ...change })).toBe(canonicalCall(call));
  });

  it('cannot be read as a call, nor carries members that nobody asked for', () => {
    const text = canonicalApproval({ ...call, smuggled: 1 } as CallForApproval);
    expect(text).toBe(canonicalApproval(call));
    expect(JSON.parse(text)).toMatchObject({ type: 'countersign/approval/v1', outcome: 'allow' });
    expect(Object.keys(JSON.parse(text))).toHaveLength(14);
  });
});
