import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export type Arguments = { readonly [name: string]: unknown };

/** One call of a recorded run: all that a gateway may see of it. */
export interface TraceCall {
  readonly tool: string;
  readonly args: Arguments;
  readonly result: string;
  readonly failed: boolean;
  /** Calls of one turn were issued together. */
  readonly turn: number;
}

/** What only the scorer may see of the same call. */
export interface TraceLabel {
  /** It serves the injected goal. */
  readonly attack: boolean;
  /** It matches a call that the user's task needs. */
  readonly wanted: boolean;
}

export interface TraceRun {
  readonly id: string;
  readonly suite: string;
  readonly userTask: string;
  readonly prompt: string;
  /** Null: nobody attacks. */
  readonly attack: string | null;
  readonly counted: boolean;
  /** Calls each of which, taken away alone, makes the attack fail. */
  readonly decisive: readonly number[];
  /** Calls that, taken away together, make it fail. */
  readonly stopSet: readonly number[];
  readonly calls: readonly TraceCall[];
  readonly labels: readonly TraceLabel[];
}

export interface WantedCall {
  readonly f: string;
  readonly args: Arguments;
}

export interface TraceFile {
  readonly runs: readonly TraceRun[];
  /** The calls that the benchmark's own solution makes; only for what is reported apart as an oracle. */
  plan(run: TraceRun): readonly WantedCall[];
}

interface RawCall {
  readonly f: string;
  readonly args: Arguments;
  readonly r?: string;
  readonly result?: string;
  readonly sub?: readonly string[];
  readonly err?: unknown;
  readonly turn: number;
  readonly atk?: unknown;
  readonly gt?: unknown;
}

interface RawTask {
  readonly suite: string;
  readonly id: string;
  readonly prompt: string;
  readonly gt?: readonly WantedCall[];
}

interface RawRun {
  readonly id: string;
  readonly suite: string;
  readonly user_task: string;
  readonly prompt: string;
  readonly goal?: string | null;
  readonly attack?: string | null;
  readonly counted?: boolean;
  readonly decisive?: readonly number[] | null;
  readonly stop_set?: readonly number[] | null;
  readonly calls: readonly RawCall[];
}

export type Wrapper = 'strip' | 'keep';

export function readLines(path: string): readonly { readonly kind: string }[] {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly kind: string });
}

/** `strip` puts the bare goal where the text of the attack was; the folder's README tells the format. */
export function loadTraces(path: string, wrapper: Wrapper): TraceFile {
  const lines = readLines(path);
  const ofKind = <T>(kind: string) => lines.filter((line) => line.kind === kind) as unknown as readonly T[];
  const texts = new Map(ofKind<{ id: string; text: string }>('text').map(({ id, text }) => [id, text]));
  const tasks = Map.groupBy(ofKind<RawTask>('user_task'), ({ suite, id }) => `${suite} ${id}`);
  return {
    runs: ofKind<RawRun>('run').map((raw) => readRun(raw, texts, wrapper)),
    plan(run) {
      const versions = tasks.get(`${run.suite} ${run.userTask}`) ?? [];
      return (versions.find(({ prompt }) => prompt === run.prompt) ?? versions.at(-1))?.gt ?? [];
    },
  };
}

function readRun(raw: RawRun, texts: ReadonlyMap<string, string>, wrapper: Wrapper): TraceRun {
  return {
    id: raw.id,
    suite: raw.suite,
    userTask: raw.user_task,
    prompt: raw.prompt,
    attack: raw.attack ?? null,
    counted: raw.counted === true,
    decisive: raw.decisive ?? [],
    stopSet: raw.stop_set ?? [],
    calls: raw.calls.map((call) => ({
      tool: call.f,
      args: call.args,
      result: readResult(call, texts, wrapper === 'strip' ? (raw.goal ?? '') : null),
      failed: Boolean(call.err),
      turn: call.turn,
    })),
    labels: raw.calls.map(({ atk, gt }) => ({ attack: Boolean(atk), wanted: Boolean(gt) })),
  };
}

/** The loaders of the data do the same: `⟦INJ0⟧` stands for what was injected. */
function readResult(call: RawCall, texts: ReadonlyMap<string, string>, goal: string | null): string {
  const text = (call.r === undefined ? call.result : texts.get(call.r)) ?? '';
  return (call.sub ?? []).reduce(
    (whole, id, i) => whole.split(`\u27e6INJ${i}\u27e7`).join(goal ?? texts.get(id) ?? ''),
    text,
  );
}
