import { AppError } from '@countersign/api';
import {
  type ActionScopes,
  type Admission,
  everything,
  type StopScope,
  type Stops,
  stopScopes,
} from './stops.ts';

/** A look-up costs one set per scope of the call, however many stops and calls there are. */
export function createStops(): Stops {
  const stopped = new Map<StopScope, Set<string>>(stopScopes.map((scope) => [scope, new Set()]));
  const calls = new CallsInFlight();
  let inForce = 0;

  const isInForce = (scope: StopScope, target: string): boolean => stopped.get(scope)?.has(target) === true;

  const check = (scopes: ActionScopes): void => {
    if (inForce === 0) return;
    const scope = findStopped(scopes, isInForce);
    if (scope !== undefined) throw new AppError('signal.stopped', { data: { scope } });
  };

  return {
    check,
    admit(scopes) {
      check(scopes);
      return calls.add(scopes);
    },
    cut: (scope, target, reason) => calls.cut(scope, target, reason),
    apply(scope, target) {
      if (!isInForce(scope, target)) inForce += 1;
      stopped.get(scope)?.add(target);
      return calls.cut(scope, target, new AppError('signal.stopped', { data: { scope } }));
    },
    lift(scope, target) {
      if (stopped.get(scope)?.delete(target)) inForce -= 1;
    },
    isStopped: (scope, target) => isInForce(scope, target) || isInForce('everything', everything),
    listInFlight: (scope, target) => calls.find(scope, target).map((call) => call.scopes.action),
    hasInFlight: (taskId) => calls.has(taskId),
    get inFlight() {
      return calls.count;
    },
  };
}

function findStopped(
  scopes: ActionScopes,
  isInForce: (scope: StopScope, target: string) => boolean,
): StopScope | undefined {
  if (isInForce('everything', everything)) return 'everything';
  if (isInForce('agent', scopes.agent)) return 'agent';
  if (isInForce('owner', scopes.owner)) return 'owner';
  if (isInForce('task', scopes.task)) return 'task';
  if (scopes.chain.some((delegation) => isInForce('delegation', delegation))) return 'delegation';
  if (isInForce('upstream', scopes.upstream)) return 'upstream';
  return isInForce('tool', scopes.tool) ? 'tool' : undefined;
}

function isUnder(scopes: ActionScopes, scope: StopScope, target: string): boolean {
  switch (scope) {
    case 'everything':
      return true;
    case 'delegation':
      return scopes.chain.includes(target);
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

/** By task, because the end of a task is the one cut that happens all the time; other scopes visit every call. */
class CallsInFlight {
  readonly #byTask = new Map<string, Set<CallInFlight>>();
  count = 0;

  add(scopes: ActionScopes): CallInFlight {
    const call = new CallInFlight(scopes, this);
    const siblings = this.#byTask.get(scopes.task);
    if (siblings === undefined) this.#byTask.set(scopes.task, new Set([call]));
    else siblings.add(call);
    this.count += 1;
    return call;
  }

  remove(call: CallInFlight): void {
    const siblings = this.#byTask.get(call.scopes.task);
    if (siblings === undefined || !siblings.delete(call)) return;
    this.count -= 1;
    if (siblings.size === 0) this.#byTask.delete(call.scopes.task);
  }

  has(taskId: string): boolean {
    return this.#byTask.has(taskId);
  }

  /** A copy: a cut call may be released, and so leave the registry, while the others are still to be cut. */
  find(scope: StopScope, target: string): CallInFlight[] {
    if (scope === 'task') return [...(this.#byTask.get(target) ?? [])];
    return [...this.#byTask.values()].flatMap((calls) =>
      [...calls].filter((call) => isUnder(call.scopes, scope, target)),
    );
  }

  cut(scope: StopScope, target: string, reason: AppError): string[] {
    return this.find(scope, target)
      .filter((call) => call.cut(reason))
      .map((call) => call.scopes.action);
  }
}
