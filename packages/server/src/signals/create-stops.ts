import { AppError } from '@countersign/api';
import {
  type ActionScopes,
  type Admission,
  everything,
  type HoldScope,
  type StandsOn,
  type StopScope,
  type Stops,
  stopScopes,
} from './stops.ts';

/** A look-up costs one map per scope of the call, however many stops and calls there are. */
export function createStops(): Stops {
  const bars = new Bars();
  const calls = new CallsInFlight();
  const check = (scopes: ActionScopes): void => {
    if (bars.count === 0) return;
    const reason = bars.findOver(scopes);
    if (reason !== undefined) throw reason;
  };

  return {
    check,
    admit(scopes) {
      check(scopes);
      return calls.add(scopes);
    },
    cut: (scope, target, reason) => calls.cut(scope, target, reason),
    hold(scope, target, reason) {
      const bar = bars.add(scope, target, reason);
      return { cut: calls.cut(scope, target, reason), release: () => bars.remove(scope, target, bar) };
    },
    apply(scope, target) {
      const stop = bars.findStop(scope, target) ?? bars.add(scope, target, makeStopReason(scope), true);
      return calls.cut(scope, target, stop.reason);
    },
    lift(scope, target) {
      const stop = bars.findStop(scope, target);
      if (stop !== undefined) bars.remove(scope, target, stop);
    },
    isStopped: (scope, target) =>
      bars.findStop(scope, target) !== undefined || bars.findStop('everything', everything) !== undefined,
    list: () => bars.listStops(),
    listInFlight: (scope, target) => calls.find(scope, target).map((call) => call.scopes.action),
    hasInFlight: (taskId) => calls.has(taskId),
    get inFlight() {
      return calls.count;
    },
  };
}

function makeStopReason(scope: StopScope): AppError {
  return new AppError('signal.stopped', { data: { scope } });
}

interface Bar {
  readonly reason: AppError;
  /** A stop stays until it is lifted and exists once for its target; a hold belongs to whoever asked for it. */
  readonly isStop: boolean;
}

/** What keeps calls out, by scope and target. */
class Bars {
  readonly #byScope = new Map<HoldScope, Map<string, Bar[]>>(
    [...stopScopes, 'token' as const].map((scope) => [scope, new Map()]),
  );
  count = 0;

  add(scope: HoldScope, target: string, reason: AppError, isStop = false): Bar {
    const bar = { reason, isStop };
    this.#byScope.get(scope)?.set(target, [...(this.#find(scope, target) ?? []), bar]);
    this.count += 1;
    return bar;
  }

  remove(scope: HoldScope, target: string, bar: Bar): void {
    const bars = this.#find(scope, target);
    if (bars === undefined || !bars.includes(bar)) return;
    this.count -= 1;
    const left = bars.filter((one) => one !== bar);
    if (left.length === 0) this.#byScope.get(scope)?.delete(target);
    else this.#byScope.get(scope)?.set(target, left);
  }

  findStop(scope: StopScope, target: string): Bar | undefined {
    return this.#find(scope, target)?.find((bar) => bar.isStop);
  }

  listStops(): readonly { readonly scope: StopScope; readonly target: string }[] {
    return stopScopes.flatMap((scope) =>
      [...(this.#byScope.get(scope) ?? [])]
        .filter(([, bars]) => bars.some((bar) => bar.isStop))
        .map(([target]) => ({ scope, target })),
    );
  }

  findOver(scopes: ActionScopes): AppError | undefined {
    return (
      this.#reasonOf('everything', everything) ??
      this.#reasonOf('agent', scopes.agent) ??
      this.#reasonOf('owner', scopes.owner) ??
      this.#reasonOf('task', scopes.task) ??
      this.#reasonOf('upstream', scopes.upstream) ??
      this.#reasonOf('tool', scopes.tool) ??
      (scopes.token === undefined ? undefined : this.#reasonOf('token', scopes.token)) ??
      this.#reasonOfAny('delegation', scopes.chain) ??
      (scopes.through === undefined ? undefined : this.#reasonOfStanding(scopes.through))
    );
  }

  #find(scope: HoldScope, target: string): readonly Bar[] | undefined {
    return this.#byScope.get(scope)?.get(target);
  }

  #reasonOf(scope: HoldScope, target: string): AppError | undefined {
    return this.#find(scope, target)?.[0]?.reason;
  }

  #reasonOfStanding({ agents, owners, tasks }: StandsOn): AppError | undefined {
    return (
      this.#reasonOfAny('agent', agents) ??
      this.#reasonOfAny('owner', owners) ??
      this.#reasonOfAny('task', tasks)
    );
  }

  #reasonOfAny(scope: HoldScope, targets: readonly string[]): AppError | undefined {
    const stopped = targets.find((target) => this.#find(scope, target) !== undefined);
    return stopped === undefined ? undefined : this.#reasonOf(scope, stopped);
  }
}

function isUnder(scopes: ActionScopes, scope: HoldScope, target: string): boolean {
  switch (scope) {
    case 'everything':
      return true;
    case 'delegation':
      return scopes.chain.includes(target);
    case 'agent':
    case 'owner':
    case 'task':
      return scopes[scope] === target || scopes.through?.[`${scope}s`].includes(target) === true;
    default:
      return scopes[scope] === target;
  }
}

class CallInFlight implements Admission {
  readonly scopes: ActionScopes;
  readonly #calls: CallsInFlight;
  #controller: AbortController | undefined;
  #reason: AppError | undefined;

  constructor(scopes: ActionScopes, calls: CallsInFlight) {
    this.scopes = scopes;
    this.#calls = calls;
  }

  // Made when first asked for: a call that is refused before it is forwarded never pays for it.
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  cut(reason: AppError): boolean {
    if (this.#reason !== undefined) return false;
    this.#reason = reason;
    this.#controller?.abort(reason);
    return true;
  }

  release(): void {
    this.#calls.remove(this);
  }
}

function listTasks({ task, through }: ActionScopes): readonly string[] {
  return through === undefined ? [task] : [task, ...through.tasks];
}

/** By task, because the end of a task is the one cut that happens all the time; other scopes visit every call. */
class CallsInFlight {
  readonly #byTask = new Map<string, Set<CallInFlight>>();
  count = 0;

  add(scopes: ActionScopes): CallInFlight {
    const call = new CallInFlight(scopes, this);
    for (const task of listTasks(scopes)) {
      const siblings = this.#byTask.get(task);
      if (siblings === undefined) this.#byTask.set(task, new Set([call]));
      else siblings.add(call);
    }
    this.count += 1;
    return call;
  }

  remove(call: CallInFlight): void {
    let wasHere = false;
    for (const task of listTasks(call.scopes)) {
      const siblings = this.#byTask.get(task);
      if (siblings === undefined || !siblings.delete(call)) continue;
      wasHere = true;
      if (siblings.size === 0) this.#byTask.delete(task);
    }
    if (wasHere) this.count -= 1;
  }

  has(taskId: string): boolean {
    return this.#byTask.has(taskId);
  }

  /** A copy: a cut call may be released, and so leave the registry, while the others are still to be cut. */
  find(scope: HoldScope, target: string): CallInFlight[] {
    if (scope === 'task') return [...(this.#byTask.get(target) ?? [])];
    // A call stands under each task it works for; it is found, and cut, once.
    const found = new Set<CallInFlight>();
    for (const calls of this.#byTask.values()) {
      for (const call of calls) if (isUnder(call.scopes, scope, target)) found.add(call);
    }
    return [...found];
  }

  cut(scope: HoldScope, target: string, reason: AppError): string[] {
    return this.find(scope, target)
      .filter((call) => call.cut(reason))
      .map((call) => call.scopes.action);
  }
}
