import type { AppError } from '@countersign/api';

/** Everything a stop can match in one call. */
export interface ActionScopes {
  readonly action: string;
  readonly agent: string;
  readonly owner: string;
  readonly task: string;
  /** The token that was presented; absent where none was. */
  readonly token?: string;
  readonly chain: readonly string[];
  readonly upstream: string;
  /** `<upstream>/<tool>`, or empty when no tool is called. */
  readonly tool: string;
  /** Who else's standing it rests on: a stop of any of them reaches what they passed on. Absent when nobody's. */
  readonly through?: StandsOn;
}

/** What authority came through before it reached the acting agent and its task. */
export interface StandsOn {
  /** The agents that passed it on. */
  readonly agents: readonly string[];
  /** The person at the root, and the owners of those agents. */
  readonly owners: readonly string[];
  /** The tasks that the acting one works for. */
  readonly tasks: readonly string[];
}

export interface Admission {
  /** Aborts with an `AppError` as its reason when a stop, an end or an expiry reaches the call. */
  readonly signal: AbortSignal;
  /** Aborts this one call. False, and nothing, when it was cut before: the first reason stays. */
  cut(reason: AppError): boolean;
  /** Harmless when called again. */
  release(): void;
}

/** Keeps calls out and in pieces while an end is being written down, so that the write's duration helps nobody. */
export interface Hold {
  /** Action ids of the calls it cut. */
  readonly cut: readonly string[];
  /** Call it in a `finally`: after a failed write what was to end has not ended. Harmless when called again. */
  release(): void;
}

export const stopScopes = ['agent', 'delegation', 'task', 'owner', 'tool', 'upstream', 'everything'] as const;
export type StopScope = (typeof stopScopes)[number];

/** A token is ended, never stopped: there is nobody who could lift it. */
export type HoldScope = StopScope | 'token';

/** The target of a stop of everything. */
export const everything = '*';

/** The stops in force and the calls in flight, in memory, so that a stop bites on the next call and inside this one. */
export interface Stops {
  /** Throws `signal.stopped` when any scope is stopped, or the reason of a hold. */
  check(scopes: ActionScopes): void;
  /** Like `check`, then registers the call until `release`. */
  admit(scopes: ActionScopes): Admission;
  /** Cuts every call in flight under the scope; used when a task, delegation, agent or owner ends. Returns the cut action ids. */
  cut(scope: StopScope, target: string, reason: AppError): readonly string[];
  /** Refuses with the reason every call under the scope until released, and cuts those in flight with it. */
  hold(scope: HoldScope, target: string, reason: AppError): Hold;
  /** Puts a stop in force and cuts what it matches; returns the cut action ids. Harmless when it is in force already. */
  apply(scope: StopScope, target: string): readonly string[];
  lift(scope: StopScope, target: string): void;
  /** True when the owner, agent, delegation or task is stopped, or everything is; token issuance asks this. */
  isStopped(scope: StopScope, target: string): boolean;
  /** The stops in force, without holds. */
  list(): readonly { readonly scope: StopScope; readonly target: string }[];
  /** Action ids of the calls in flight under the scope. */
  listInFlight(scope: StopScope, target: string): readonly string[];
  /** True while a call of the task is in flight; its lease must stay in memory until then. */
  hasInFlight(taskId: string): boolean;
  readonly inFlight: number;
}
