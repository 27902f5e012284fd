import { isDeepStrictEqual } from 'node:util';
import type { Verdict } from '@countersign/core';
import type { TestCase } from './test-file.ts';

/** What differs from what a case wants, in words, each in its line. */
export function findDifferences(expect: TestCase['expect'], verdict: Verdict): readonly string[] {
  const differences: string[] = [];
  const differ = (what: string, wanted: unknown, got: unknown): void => {
    differences.push(`${what}: wanted ${show(wanted)}, got ${show(got)}`);
  };
  if (verdict.effect !== expect.decision) differ('decision', expect.decision, verdict.effect);
  if (expect.reasons !== undefined) {
    const codes = verdict.reasons.map(({ code }) => code as string);
    const rules = expect.reasons.filter((reason) => reason.includes(':')).sort();
    const missing = expect.reasons.filter((reason) => !reason.includes(':') && !codes.includes(reason));
    if (missing.length > 0) differ('reasons', missing, codes);
    const isAboutRules = rules.length > 0 || expect.reasons.length === 0;
    if (isAboutRules && !isDeepStrictEqual(rules, [...verdict.policyIds]))
      differ('reasons', rules, verdict.policyIds);
  }
  const record: Readonly<Record<string, unknown>> = {
    decidedBy: 'policy',
    ...verdict,
    policies: verdict.policyIds,
  };
  findMissing('record', expect.record, record, differ);
  if (expect.obligations !== undefined)
    findMissing('obligations', expect.obligations, record.obligations, differ);
  return differences;
}

type Differ = (what: string, wanted: unknown, got: unknown) => void;

/** Objects may hold more than is wanted; everything else is equal. */
function findMissing(path: string, wanted: unknown, got: unknown, differ: Differ): void {
  if (wanted === undefined) return;
  if (!isPlain(wanted)) {
    if (!isDeepStrictEqual(wanted, got)) differ(path, wanted, got);
    return;
  }
  if (!isPlain(got)) {
    differ(path, wanted, got);
    return;
  }
  for (const [name, member] of Object.entries(wanted))
    findMissing(`${path}.${name}`, member, Object.hasOwn(got, name) ? got[name] : undefined, differ);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
