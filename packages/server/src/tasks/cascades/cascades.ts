import type { CascadeCause, JsonObject } from '@countersign/core';
import type { PinnedTool } from '../../upstreams/index.ts';

/** Whose work it is, and where. */
export interface Work {
  /** The task that acts. */
  readonly task: string;
  /** The first of those it works for; itself when it works for none. */
  readonly root: string;
  readonly agent: string;
}

/** A call that is about to be decided. */
export interface WorkCall extends Work {
  readonly owner: string;
  /** `<upstream>/<tool>`, or what stands for one. */
  readonly name: string;
  readonly arguments: JsonObject;
}

/** A decided call, with what it is aimed at. */
export interface WorkGoal extends Work {
  readonly upstream: string;
  readonly tool: PinnedTool | null;
  readonly arguments: JsonObject;
}

/**
 * How a call ended: `failure` says that the upstream answered with an error, `unavailable` that it did not answer,
 * `unused` that nothing was asked of it.
 */
export type CallEnd = 'success' | 'failure' | 'unavailable' | 'denied' | 'unused';

/** What a call holds from before its decision to its end. */
export interface CallPass {
  /** The first time counts; harmless when called again. */
  settle(end: CallEnd): void;
}

export const FREE_PASS: CallPass = { settle: () => undefined };

/** Work that is held up until a person has looked at it. */
export interface Pause {
  readonly record: string;
  readonly root: string;
  /** Empty: everybody's under the root. */
  readonly agent: string;
  readonly task: string;
  readonly cause: CascadeCause;
  /** Epoch milliseconds. */
  readonly at: number;
}

export type PauseListener = (pause: Pause, state: 'paused' | 'resumed') => void;

export type RefusedCounts = [number, Record<string, number>];

/** Notices work that feeds on itself, in memory, and holds it up, durably. */
export interface Cascades {
  /** Throws `task.paused` when the work of one of these agents under the root is held up, or all work there. */
  requireRunning(root: string, agents: readonly string[]): void;
  /** Counts a call before it is decided. Throws `task.paused` for the one that is too many, `action.circuit_open`. */
  begin(call: WorkCall): CallPass;
  /** Counts a refused call. */
  noteDenial(goal: WorkGoal): void;
  /** Counts a call that is let out where it reaches what was refused. Throws `task.paused`. */
  noteChange(goal: WorkGoal): void;
  /** Counts a task or delegation that is about to be made inside. Throws `task.fan_out`, `task.paused`. */
  noteChild(work: Work): void;
  /** The refusal that the pause of this work is answered with; undefined while it runs. */
  findPause(root: string, agent: string): Pause | undefined;
  /** Resolves when every pause of the root is durable, or could not be written. */
  whenWritten(root: string): Promise<void>;
  /** Of a first task that has ended nothing needs to be remembered: a pause of it stands in the store. */
  forget(root: string): void;
  /** After the commit that resumed it: what was counted of it begins anew. */
  resume(pause: Pause): void;
  onChange(listener: PauseListener): () => void;
  /** Whether anybody's work under the root is held up, as far as this gateway knows. */
  isPaused(root: string): boolean;
  /** The refusals that were counted: of all under the root, and by agent. */
  carry(root: string): RefusedCounts;
  /** Takes over what another gateway has held up and counted under the root, and what a person has let go on there. */
  adopt(root: string, loadStanding: () => Promise<readonly Pause[]>, refused?: RefusedCounts): Promise<void>;
  /** Trees of tasks and circuits that are remembered. */
  readonly size: number;
}
