import type { Verdict } from '@countersign/core';
import { digestFiles, sortFiles } from '../bundle/bundle-input.ts';
import { compileBundle } from '../bundle/compile-bundle.ts';
import type { Complaint, PolicyFile } from '../bundle/complaint.ts';
import { evaluate } from '../decide/evaluate.ts';
import { createLiveBundle, type LiveBundle } from '../decide/live-bundle.ts';
import { nameToolAction } from '../schema/action-names.ts';
import { buildRequest } from './build-request.ts';
import { findDifferences } from './compare.ts';
import { listCases, type PlacedCase } from './list-cases.ts';
import type { Mistake, TextFile } from './mistake.ts';
import { type DeclaredTools, readTools } from './read-tools.ts';

export interface TestInput {
  readonly policies: readonly PolicyFile[];
  /** `*.tools.json`: what the upstreams offer. */
  readonly tools: readonly TextFile[];
  /** `*.test.yaml`. */
  readonly tests: readonly TextFile[];
  /** Only cases whose name holds this text. */
  readonly filter?: string;
}

export interface CaseResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly passed: boolean;
  /** What differs from what was wanted. */
  readonly differences: readonly string[];
  /** What was decided; null when it could not be asked. */
  readonly got: { readonly decision: Verdict['effect']; readonly reasons: Verdict['reasons'] } | null;
}

/** How many cases each was the reason in, or was called in. */
export interface Coverage {
  readonly rules: Readonly<Record<string, number>>;
  readonly tools: Readonly<Record<string, number>>;
}

export interface TestReport {
  /** What is wrong with the policies: then nothing was tested. */
  readonly complaints: readonly Complaint[];
  /** What is wrong with the other files: then nothing was tested. */
  readonly mistakes: readonly Mistake[];
  readonly cases: readonly CaseResult[];
  readonly coverage: Coverage;
}

/** Decides each case with the policies of a folder, as a server would with them in force. Needs no server. */
export async function runTests(input: TestInput): Promise<TestReport> {
  const failed = { complaints: [], mistakes: [], cases: [], coverage: { rules: {}, tools: {} } };
  const read = input.tools.map(readTools);
  const listed = input.tests.map(listCases);
  const mistakes = [...read, ...listed].flatMap((one) => (one.ok ? [] : one.mistakes));
  if (mistakes.length > 0) return { ...failed, mistakes };
  const upstreams = read.flatMap((one) => (one.ok ? [one.declared] : []));
  const cases = listed.flatMap((one) => (one.ok ? one.cases : []));
  const files = sortFiles(input.policies);
  const tools = upstreams.flatMap((one) => one.tools);
  const { policies, declared, compiled, errors } = await compileBundle(files, tools);
  if (errors.length > 0) return { ...failed, complaints: errors };
  const live = createLiveBundle({
    version: 'test',
    digest: digestFiles(files),
    policies,
    compiled,
    declared,
    validatedWith: tools,
  });
  // As on the first activation: each in the mode that its annotation says.
  const modes = policies.flatMap(({ id, mode }) => (mode === undefined ? [] : [[id, mode] as const]));
  const bundle = live.withModes(new Map(modes));
  const chosen = cases.filter(({ given }) => given.name.includes(input.filter ?? ''));
  const counting = startCounting(
    policies.map(({ id }) => id),
    upstreams,
  );
  const results = chosen.map((one) => runCase(bundle, one, upstreams, counting));
  return { ...failed, cases: results, coverage: counting.read() };
}

function runCase(
  bundle: LiveBundle,
  one: PlacedCase,
  upstreams: readonly DeclaredTools[],
  counting: Counting,
): CaseResult {
  const place = { file: one.file, line: one.line, name: one.given.name };
  const built = buildRequest(one, upstreams);
  if (!built.ok) return { ...place, passed: false, differences: [built.message], got: null };
  const { request } = built;
  const fit = request.tool?.validateArguments(request.arguments) ?? { valid: true };
  const verdict = evaluate(bundle, request);
  counting.count(verdict, request.tool === null ? null : nameToolAction(request.upstream, request.tool.name));
  const misfit = fit.valid ? [] : [`arguments: a server would refuse them before any policy: ${fit.detail}`];
  const differences = [...misfit, ...findDifferences(one.given.expect, verdict)];
  const got = { decision: verdict.effect, reasons: verdict.reasons };
  return { ...place, passed: differences.length === 0, differences, got };
}

interface Counting {
  count(verdict: Verdict, tool: string | null): void;
  read(): Coverage;
}

function startCounting(ids: readonly string[], upstreams: readonly DeclaredTools[]): Counting {
  const rules = new Map<string, number>(ids.map((id) => [id, 0]));
  const tools = new Map<string, number>(
    upstreams.flatMap((one) =>
      one.tools.map((tool) => [nameToolAction(tool.upstream, tool.name), 0] as const),
    ),
  );
  return {
    count: (verdict, tool) => {
      const observed = verdict.observed.map(({ policyId }) => policyId);
      for (const id of new Set([...verdict.policyIds, ...verdict.permits, ...observed]))
        rules.set(id, (rules.get(id) ?? 0) + 1);
      if (tool !== null) tools.set(tool, (tools.get(tool) ?? 0) + 1);
    },
    read: () => ({ rules: Object.fromEntries(rules), tools: Object.fromEntries(tools) }),
  };
}
