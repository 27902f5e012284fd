import type { Context } from '../../../context.ts';
import type { Drill } from '../drill-schema.ts';
import type { DrilledAgent } from '../world/drilled-agent.ts';
import type { ScriptedUpstream } from '../world/scripted-upstream.ts';

/** How one call ended. */
export interface Seen {
  readonly outcome: 'allowed' | 'asked' | 'refused';
  /** Of the refusal. */
  readonly code: string | null;
  readonly detail: string | null;
  /** What it asked people for. */
  readonly approval: string | null;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}

/** Everything a step of a drill may use: the world, who acts in it, and the live server it must not touch. */
export interface Stage {
  /** Of the drill's world. */
  readonly context: Context;
  /** Of the house: for what has to reach its people, and for nothing else. */
  readonly live: Context;
  /** Id of the run. */
  readonly run: string;
  readonly drill: Drill;
  readonly ownerId: string;
  /** By name; the first one is who acts where a step names nobody. */
  readonly agents: ReadonlyMap<string, DrilledAgent>;
  readonly upstreams: ReadonlyMap<string, ScriptedUpstream>;
  readonly inFlight: Map<string, Promise<Seen>>;
  /** The approval that was asked for last. */
  lastAsked: string | null;
  /** Aborts when the drill has had its time. */
  readonly over: AbortSignal;
}

/** What a step found, before it is put beside its records. */
export interface StepFinding {
  readonly title: string;
  readonly expected: string;
  readonly seen: string;
  readonly passed: boolean;
  /** True where it only prepares: a drill in which that fails shows nothing. */
  readonly isPremise: boolean;
  readonly code: string | null;
  readonly calls: number;
  /** Calls that a fake upstream got. */
  readonly reached: number;
  /** Until it was contained or, where nothing had to be, until it was done. */
  readonly milliseconds: number;
}
