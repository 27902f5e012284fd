import { readFile } from 'node:fs/promises';
import { startGateway, startPlainUpstream } from '@countersign/testkit';
import type { Interval } from '../intervals.ts';
import type { NextResult } from '../open-ground.ts';
import { replayRun } from '../replay-run.ts';
import type { Verdict } from '../verdict.ts';
import { confirmProposals } from './confirm-proposals.ts';
import { mappings, remember } from './mappings.ts';
import { type AirlineFile, type AirlineRun, type AirlineWrite, readAirline } from './read-airline.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** Of so many writes: the share that was denied, and that of which a person was asked. */
export interface AirlineShare {
  readonly denied: Interval;
  readonly asked: Interval;
  readonly of: number;
}

export interface AirlineFigures {
  /** Writes that broke the written policy and went through. */
  readonly violating: AirlineShare;
  /** Writes that kept it and went through, of tasks whose own solution keeps it. */
  readonly compliant: AirlineShare;
  /** Of those, the ones of which only the conversation tells whether they are right. */
  readonly depending: AirlineShare;
  /** Writes of tasks that were paused because they repeated one and the same call: no rule of the airline's, so apart. */
  readonly paused: number;
  /** What the airline's own programs refused anyway, apart. */
  readonly failed_violating: AirlineShare;
  readonly failed_compliant: AirlineShare;
}

export interface AirlineMiss {
  readonly what: 'violation_let_out' | 'violation_only_asked' | 'compliant_denied' | 'compliant_paused';
  readonly run: string;
  readonly call: number;
  readonly tool: string;
  readonly violations: readonly string[];
  readonly why: string;
}

export interface AirlineReport {
  readonly figures: AirlineFigures;
  readonly misses: readonly AirlineMiss[];
}

const NOT_SENT: Verdict = { effect: 'deny', final: 'deny', why: 'not sent', evidence: null };

interface Judged extends AirlineWrite {
  readonly run: AirlineRun;
  readonly verdict: Verdict;
}

/** By version of the policy: bags that are free for each passenger of a gold member who flies business. */
const GOLD_BUSINESS_BAGS: Readonly<Record<string, number>> = { tau1: 3, tau2: 4 };

/** Replays the calls of one file through the real server under the airline's written rules. */
export async function measureAirline(path: string): Promise<AirlineReport> {
  const file = readAirline(path);
  const judged: Judged[] = [];
  for (const [version, runs] of Map.groupBy(file.runs, ({ policy }) => policy))
    judged.push(...(await replayVersion(file, version, runs)));
  const ran = judged.filter((one) => !one.failed && !isPaused(one));
  const failed = judged.filter((one) => one.failed);
  const kept = ran.filter(({ violations, run }) => violations.length === 0 && !run.isConflict);
  return {
    figures: {
      violating: share(ran.filter(isViolating)),
      compliant: share(kept),
      depending: share(kept.filter(({ depends }) => depends)),
      paused: judged.filter((one) => !one.failed && isPaused(one)).length,
      failed_violating: share(failed.filter(isViolating)),
      failed_compliant: share(failed.filter((one) => !isViolating(one))),
    },
    misses: judged.filter(({ failed }) => !failed).flatMap(explainMiss),
  };
}

async function replayVersion(
  { tools }: AirlineFile,
  version: string,
  runs: readonly AirlineRun[],
): Promise<readonly Judged[]> {
  const next: NextResult = { text: '', failed: false };
  const upstream = await startPlainUpstream({
    tools: tools.map(({ name, description, inputSchema, annotations }) => {
      const mapping = Object.hasOwn(mappings, name) ? { 'x-authzen-mapping': mappings[name] } : {};
      return {
        name,
        description,
        inputSchema: { ...inputSchema, ...mapping },
        ...(annotations && { annotations }),
      };
    }),
    call: () => ({ content: [{ type: 'text', text: next.text }], isError: next.failed }),
  });
  const gateway = await startGateway();
  try {
    const url = await gateway.addUpstream('airline', { url: upstream.url, authzenMapping: 'on', remember });
    await confirmProposals(
      gateway,
      'airline',
      tools.map(({ name }) => name),
    );
    const files = await readPolicies(version);
    const activated = await gateway.operator('POST', '/v1/policies', { files });
    if (activated.status >= 300) throw new Error(`the rules are not in force: ${activated.body}`);
    const ground = { gateway, suite: 'airline', url, next, tools: new Set(tools.map(({ name }) => name)) };
    const judged: Judged[] = [];
    for (const run of runs) {
      const enrolled = await gateway.enrol();
      const { verdicts } = await replayRun(ground, enrolled, run.trace);
      for (const write of run.writes) judged.push({ ...write, run, verdict: verdicts[write.at] ?? NOT_SENT });
    }
    return judged;
  } finally {
    await gateway.stop();
    await upstream.close();
  }
}

async function readPolicies(version: string) {
  const read = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');
  const bags = GOLD_BUSINESS_BAGS[version];
  if (bags === undefined) throw new Error(`no rules for ${version}`);
  const policies = await read('policies.cedar');
  return [
    { name: 'airline.cedar', text: policies.replaceAll('ALLOWED_GOLD_BUSINESS', String(bags)) },
    { name: 'airline.cedarschema', text: await read('airline.cedarschema') },
  ];
}

function isViolating({ violations }: AirlineWrite): boolean {
  return violations.length > 0;
}

function isPaused({ verdict }: Judged): boolean {
  return verdict.why.startsWith('task.paused');
}

function share(judged: readonly Judged[]): AirlineShare {
  const count = (effect: Verdict['effect']) =>
    judged.filter(({ verdict }) => verdict.effect === effect).length;
  const of = judged.length;
  return { denied: wilsonInterval(count('deny'), of), asked: wilsonInterval(count('ask'), of), of };
}

function explainMiss(judged: Judged): readonly AirlineMiss[] {
  const { run, at, violations, verdict } = judged;
  const about = { run: run.trace.id, call: at, tool: run.trace.calls[at]?.tool ?? '', violations };
  if (isViolating(judged)) {
    if (verdict.effect === 'deny') return [];
    const what = verdict.effect === 'ask' ? 'violation_only_asked' : 'violation_let_out';
    return [{ what, ...about, why: verdict.why }];
  }
  if (verdict.effect !== 'deny' || run.isConflict) return [];
  return [{ what: isPaused(judged) ? 'compliant_paused' : 'compliant_denied', ...about, why: verdict.why }];
}
