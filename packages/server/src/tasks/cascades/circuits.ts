import { AppError, type LedgerRecord } from '@countersign/api';
import { type Admittance, type BreakerSettings, type BreakerState, CircuitBreaker } from '@countersign/core';
import type { Config } from '../../config/index.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import type { CallEnd, CallPass, WorkCall } from './cascades.ts';

export const CIRCUIT_SCOPES = ['agent_tool', 'tool', 'agent', 'owner'] as const;
export type CircuitScope = (typeof CIRCUIT_SCOPES)[number];

export type CircuitChange = Pick<LedgerRecord, 'agent' | 'person' | 'upstream' | 'tool'> & {
  readonly scope: CircuitScope;
  readonly state: Exclude<BreakerState, 'half_open'>;
};

interface Circuit {
  readonly scope: CircuitScope;
  readonly breaker: CircuitBreaker;
}

interface Entered extends Circuit {
  readonly isTrial: boolean;
}

const MOST_CIRCUITS = 20_000;

/** The circuit breakers of agents, tools and owners; those that are not closed stay in memory. */
export class Circuits {
  readonly #settings: ReadonlyMap<CircuitScope, BreakerSettings>;
  readonly #known = new RecentMap<Circuit>(MOST_CIRCUITS, (_, { breaker }) => breaker.state === 'closed');
  readonly #now: () => number;
  readonly #tell: (change: CircuitChange) => void;

  constructor(config: Config['cascades'], now: () => number, tell: (change: CircuitChange) => void) {
    this.#settings = listSettings(config);
    this.#now = now;
    this.#tell = tell;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Throws `action.circuit_open`, and enters none. */
  enter(call: WorkCall): CallPass {
    const at = this.#now();
    const entered: Entered[] = [];
    for (const scope of CIRCUIT_SCOPES) {
      const settings = this.#settings.get(scope);
      if (settings === undefined) continue;
      const { breaker } = this.#find(scope, nameTarget(scope, call), settings);
      const admittance = breaker.admit(at);
      if (!admittance.admitted) {
        for (const one of entered)
          one.breaker.settle('unused', { at, source: call.agent, isTrial: one.isTrial });
        throw refuse(scope, admittance);
      }
      entered.push({ scope, breaker, isTrial: admittance.isTrial });
    }
    let isSettled = false;
    return {
      settle: (end) => {
        if (isSettled) return;
        isSettled = true;
        for (const one of entered) this.#settle(one, call, end);
      },
    };
  }

  #settle({ scope, breaker, isTrial }: Entered, call: WorkCall, end: CallEnd): void {
    const source = {
      at: this.#now(),
      source: scope === 'tool' || scope === 'owner' ? call.agent : '',
      isTrial,
    };
    const changed = breaker.settle(readEnd(scope, end), source);
    if (changed === null || changed === 'half_open') return;
    this.#tell({ scope, state: changed, ...nameFields(scope, call) });
  }

  #find(scope: CircuitScope, target: string, settings: BreakerSettings): Circuit {
    const key = `${scope} ${target}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const circuit = { scope, breaker: new CircuitBreaker(settings) };
    this.#known.add(key, circuit);
    return circuit;
  }
}

function listSettings(config: Config['cascades']): ReadonlyMap<CircuitScope, BreakerSettings> {
  const { windowSeconds, openSeconds, longestOpenSeconds } = config;
  const make = (failures: number, isShared: boolean): BreakerSettings => ({
    ...{ failures, windowSeconds, openSeconds, longestOpenSeconds },
    // Nobody opens alone what others need.
    mostOfOneSource: isShared ? Math.max(1, Math.floor(failures / 2)) : null,
  });
  const all = [
    ['agent_tool', make(config.toolFailures, false)],
    ['tool', make(config.sharedFailures, true)],
    ['agent', make(config.agentFailures, false)],
    ['owner', make(config.ownerFailures, true)],
  ] as const;
  return new Map(all.filter(([, { failures }]) => failures > 0));
}

/** An upstream that answers, with whatever, is there; only an agent is blamed for being refused. */
function readEnd(scope: CircuitScope, end: CallEnd): 'success' | 'failure' | 'unused' {
  if (end === 'denied') return scope === 'agent' ? 'failure' : 'unused';
  if (end === 'unavailable') return 'failure';
  return end === 'failure' && scope === 'tool' ? 'success' : end;
}

function nameTarget(scope: CircuitScope, { agent, owner, name }: WorkCall): string {
  if (scope === 'agent_tool') return `${agent} ${name}`;
  return { tool: name, agent, owner }[scope];
}

function nameFields(scope: CircuitScope, { agent, owner, name }: WorkCall) {
  const slash = name.indexOf('/');
  const tool = { upstream: name.slice(0, slash), tool: name.slice(slash + 1) };
  if (scope === 'agent') return { agent };
  if (scope === 'owner') return { person: owner };
  return scope === 'tool' ? tool : { agent, ...tool };
}

function refuse(scope: CircuitScope, refused: Exclude<Admittance, { admitted: true }>): AppError {
  const { retryAfterSeconds } = refused;
  return new AppError('action.circuit_open', {
    detail: `try again in ${retryAfterSeconds} s`,
    data: { scope, retryAfterSeconds },
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
