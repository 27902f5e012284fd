import { createHash } from 'node:crypto';
import type { LedgerRecord } from '@countersign/api';

export const agentCount = 1_000;
const callsPerTask = 50;
export const recordsPerCall = 3;
const begin = 1_790_000_000_000;

/** Every tenth call passes on what an earlier call of its task brought. */
const callsPerChain = 10;

/** The records of one call of many agents in turn, as the path writes them: asked, decided, done. */
export function makeCall(number: number): readonly [asked: LedgerRecord[], done: LedgerRecord[]] {
  const agent = number % agentCount;
  const turn = Math.floor(number / agentCount);
  const task = Math.floor(turn / callsPerTask) * agentCount + agent;
  const from = turn % callsPerTask >= 1 && turn % callsPerChain === 0 ? number - agentCount : undefined;
  const facts = {
    action: nameId('act', number),
    agent: nameId('agt', agent),
    key: digest(`key ${agent}`),
    task: nameId('tsk', task),
    person: nameId('per', agent % 50),
    chain: [nameId('dlg', agent)],
    upstream: `upstream-${number % 7}`,
    tool: `tool_${number % 61}`,
  };
  const at = begin + number * 20;
  const [intent, decision] = [nameRecord(number, 0), nameRecord(number, 1)];
  const cause = from === undefined ? [] : [nameRecord(from, 2)];
  const asked: LedgerRecord = {
    ...{ id: intent, kind: 'action.intent', at, causes: cause, ...facts },
    body: {
      arguments: {
        amount: { currency: 'EUR', minor: number % 50_000 },
        note: `Invoice INV-${number % 200_000} of the ${number % 28}th, as agreed with the supplier last week.`,
        payee: { iban: nameAccount(number), name: `Supplier ${number % 5_000}` },
      },
      callDigest: digestCall(number),
      dataDomain: 'finance',
      effects: number % 3 === 0 ? ['write', 'spend'] : ['read'],
      front: 'mcp',
      method: 'tools/call',
      ...(from === undefined
        ? {}
        : { sources: [{ at: '/payee/iban', record: nameRecord(from, 2), trust: 'untrusted' }] }),
      toolDigest: digest(`tool ${number % 61}`),
    },
  };
  const decided: LedgerRecord = {
    ...{ ...asked, id: decision, kind: 'action.decision', at: at + 1, causes: [intent] },
    policyVersion: digest(`policies ${Math.floor(number / 100_000)}`),
    body: {
      decidedBy: 'policy',
      effect: number % 997 === 0 ? 'deny' : 'allow',
      policies: ['payments.allow'],
      reasons: [],
    },
  };
  const done: LedgerRecord = {
    ...{
      ...asked,
      id: nameRecord(number, 2),
      kind: 'action.outcome',
      at: at + 9,
      causes: [intent, decision],
    },
    body: {
      result: 'x'.repeat(400),
      resultCharacters: 400,
      resultDigest: digest(`result ${number}`),
      status: number % 503 === 0 ? 'tool_error' : 'completed',
      upstreamMilliseconds: 8,
    },
  };
  return [[asked, decided], [done]];
}

export function nameAccount(number: number): string {
  return `DE${String(89_370_400_440_532_013_000n + BigInt((number * 7_919) % 100_000))}`;
}

export function digestCall(number: number): string {
  return digest(`call ${number}`);
}

export function nameRecord(call: number, step: number): string {
  return nameId('rec', call * recordsPerCall + step);
}

export function nameId(prefix: string, number: number): string {
  return `${prefix}_${String(number).padStart(26, '0')}`;
}

export function countCalls(records: number): number {
  return Math.floor(records / recordsPerCall);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
