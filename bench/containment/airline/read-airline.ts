import type { PlainTool } from '@countersign/testkit';
import { readLines, type TraceRun } from '../traces.ts';

/** A write of a recorded run, as the benchmark's own code judged it. */
export interface AirlineWrite {
  readonly at: number;
  readonly violations: readonly string[];
  /** The airline's own programs refused it. */
  readonly failed: boolean;
  /** Only the conversation can tell whether it is right. */
  readonly depends: boolean;
}

export interface AirlineRun {
  readonly trace: TraceRun;
  readonly policy: string;
  readonly writes: readonly AirlineWrite[];
  /** The benchmark's own solution of the task breaks the written policy. */
  readonly isConflict: boolean;
}

export interface AirlineFile {
  readonly tools: readonly PlainTool[];
  readonly runs: readonly AirlineRun[];
}

interface RawCall {
  readonly f: string;
  readonly args: { readonly [name: string]: unknown };
  readonly result: unknown;
  readonly error?: boolean;
  readonly write?: boolean;
  readonly violations?: readonly string[];
  readonly depends?: readonly string[];
}

interface RawRun {
  readonly model: string;
  readonly task: string | number;
  readonly policy_version: string;
  readonly user_messages: readonly { readonly at: number; readonly text: string }[];
  readonly calls: readonly RawCall[];
  readonly gt_conflict?: unknown;
}

export function readAirline(path: string): AirlineFile {
  const lines = readLines(path);
  const ofKind = <T>(kind: string) => lines.filter((line) => line.kind === kind) as unknown as readonly T[];
  const tools = ofKind<PlainTool>('tool');
  const runs = ofKind<RawRun>('run').map(readRun);
  // Some versions of the benchmark have a tool more than the list in the file.
  const called = new Set(runs.flatMap(({ trace }) => trace.calls.map(({ tool }) => tool)));
  for (const { name } of tools) called.delete(name);
  const unlisted = [...called].map((name) => ({
    name,
    description: name.replaceAll('_', ' '),
    inputSchema: { type: 'object' },
  }));
  return { tools: [...tools, ...unlisted], runs };
}

function readRun(raw: RawRun, at: number): AirlineRun {
  const calls = raw.calls.map(({ f, args, result, error }, turn) => ({
    tool: f,
    args,
    result: typeof result === 'string' ? result : JSON.stringify(result),
    failed: error === true,
    turn,
  }));
  const trace: TraceRun = {
    id: `${raw.policy_version}/${raw.task}/${raw.model}/${at}`,
    suite: 'airline',
    userTask: String(raw.task),
    prompt: raw.user_messages[0]?.text ?? '',
    attack: null,
    counted: false,
    decisive: [],
    stopSet: [],
    calls,
    labels: [],
  };
  const writes = raw.calls.flatMap((call, index): readonly AirlineWrite[] =>
    call.write === true
      ? [
          {
            at: index,
            violations: call.violations ?? [],
            failed: call.error === true,
            depends: (call.depends ?? []).some((what) => !what.startsWith('note:')),
          },
        ]
      : [],
  );
  return { trace, policy: raw.policy_version, writes, isConflict: Boolean(raw.gt_conflict) };
}
