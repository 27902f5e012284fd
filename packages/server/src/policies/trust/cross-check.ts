import { setImmediate } from 'node:timers/promises';
import type { PolicyJson, SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { CompiledPolicies } from '@countersign/core';
import { askCompiled, narrow } from './ask-compiled.ts';
import { askOfficial, isSameAnswer, type PartAnswer, type PolicyPart, preparePart } from './ask-official.ts';
import { collectHints, type Hints } from './collect-hints.ts';
import { type FindActions, indexActions, makeTrial } from './make-trial.ts';
import { readWorld, type World } from './read-types.ts';
import { createSeededRandom, pick, type Random } from './seeded-random.ts';
import type { Trial } from './trial.ts';
import { varyTrial } from './vary-trial.ts';

export interface CheckedBundle {
  /** Seeds the requests: the same bundle is always checked with the same ones. */
  readonly digest: string;
  readonly policies: readonly CheckedPolicy[];
  /** The very policies that would decide. */
  readonly compiled: CompiledPolicies;
}

export interface CheckedPolicy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly json: PolicyJson;
}

export interface CrossCheck {
  /** How often both engines were asked. */
  readonly questions: number;
  /** Policies that at least one request satisfied. */
  readonly reached: number;
  /** The first few; empty means that the engines agree. */
  readonly disagreements: readonly Disagreement[];
}

/** The request's names and the policies in question. No values: a policy's literals may be secret. */
export interface Disagreement {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly official: PartAnswer | 'refused';
  readonly compiled: PartAnswer | 'refused';
}

const POLICIES_IN_A_PART = 25;
const MOST_TRIALS = 800;
const MOST_TRIALS_OF_A_POLICY = 24;
/** How many requests are made up in search of one that satisfies a policy, and then varied. */
const MOST_ATTEMPTS = 60;
/** Requests that every policy of the bundle is asked about, so that none is satisfied where it could not apply. */
const SHARED_TRIALS = 3;
const MOST_DISAGREEMENTS = 5;

/**
 * Puts generated requests to the compiled policies and to the official engine. Calls are served in between: no step
 * takes longer than getting one part of the bundle ready. Throws `policy.unavailable` when the official engine fails.
 */
export async function crossCheck(bundle: CheckedBundle, schema: SchemaJson<string>): Promise<CrossCheck> {
  const random = createSeededRandom(bundle.digest);
  const world = readWorld(schema);
  const findActions = indexActions(world);
  const makers = bundle.policies.map((policy) => createTrialMaker({ world, findActions, random }, policy));
  const shared =
    makers.length === 0
      ? []
      : times(SHARED_TRIALS, () => pick(random, makers)?.make()).flatMap((one) => one ?? []);
  const perPolicy = Math.min(MOST_TRIALS_OF_A_POLICY, Math.max(1, Math.floor(MOST_TRIALS / makers.length)));
  const tally = { questions: 0, reached: new Set<string>(), disagreements: [] as Disagreement[] };
  for (const { effect, part } of cutIntoParts(makers)) {
    await setImmediate();
    const prepared = preparePart(
      effect,
      part.map(({ policy }) => policy),
    );
    try {
      for (const trial of listTrials(bundle.compiled, shared, part, perPolicy)) {
        await setImmediate();
        askBoth(bundle.compiled, prepared, trial, tally);
        if (tally.disagreements.length >= MOST_DISAGREEMENTS)
          return { ...tally, reached: tally.reached.size };
      }
    } finally {
      prepared.set.release();
    }
  }
  return { ...tally, reached: tally.reached.size };
}

interface TrialMaker {
  readonly policy: CheckedPolicy;
  readonly make: () => Trial;
  readonly vary: (trial: Trial) => Iterable<Trial>;
}

interface TrialParts {
  readonly world: World;
  readonly findActions: FindActions;
  readonly random: Random;
}

function createTrialMaker({ world, findActions, random }: TrialParts, policy: CheckedPolicy): TrialMaker {
  let known: Hints | undefined;
  const hints = (): Hints => {
    known ??= collectHints(policy.json);
    return known;
  };
  const make = (): Trial => {
    const action = pick(random, findActions(policy.json));
    if (action === undefined) throw new Error('a schema without actions');
    return makeTrial(world, { scope: policy.json, action, hints: hints() }, random);
  };
  return { policy, make, vary: (trial) => varyTrial(trial, hints()) };
}

/** For each policy first a request that satisfies it, then that with one value changed, then any. */
function* listTrials(
  compiled: CompiledPolicies,
  shared: readonly Trial[],
  makers: readonly TrialMaker[],
  perPolicy: number,
): Generator<Trial> {
  yield* shared;
  for (const { policy, make, vary } of makers) {
    const base = findSatisfying(compiled, policy, make);
    const varied = base === undefined ? [] : [base, ...vary(base)].slice(0, perPolicy);
    yield* varied;
    yield* times(Math.max(0, Math.ceil((perPolicy - varied.length) / 2)), make);
  }
}

function findSatisfying(
  compiled: CompiledPolicies,
  { id }: CheckedPolicy,
  make: () => Trial,
): Trial | undefined {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const trial = make();
    try {
      const { permits, forbids } = askCompiled(compiled, trial);
      if (permits.includes(id) || forbids.includes(id)) return trial;
    } catch {
      // Whether it ought to have failed is found out by asking both.
      return trial;
    }
  }
  return undefined;
}

interface TrialPart {
  readonly effect: CheckedPolicy['effect'];
  readonly part: readonly TrialMaker[];
}

function* cutIntoParts(makers: readonly TrialMaker[]): Generator<TrialPart> {
  for (const effect of ['permit', 'forbid'] as const) {
    const same = makers.filter(({ policy }) => policy.effect === effect);
    for (let from = 0; from < same.length; from += POLICIES_IN_A_PART)
      yield { effect, part: same.slice(from, from + POLICIES_IN_A_PART) };
  }
}

interface Tally {
  questions: number;
  readonly reached: Set<string>;
  readonly disagreements: Disagreement[];
}

function askBoth(compiled: CompiledPolicies, part: PolicyPart, trial: Trial, tally: Tally): void {
  tally.questions += 1;
  const official = askOfficial(part, trial) ?? 'refused';
  const ours = evaluate(compiled, part, trial);
  const isEqual =
    typeof official === 'string' || typeof ours === 'string'
      ? official === ours
      : isSameAnswer(official, ours);
  if (typeof ours === 'object') for (const id of ours.satisfied) tally.reached.add(id);
  if (isEqual) return;
  const [principal, action, resource] = [trial.principal, trial.action, trial.resource].map(writeName) as [
    string,
    string,
    string,
  ];
  tally.disagreements.push({ principal, action, resource, official, compiled: ours });
}

function evaluate(compiled: CompiledPolicies, part: PolicyPart, trial: Trial): PartAnswer | 'refused' {
  try {
    return narrow(askCompiled(compiled, trial), part);
  } catch {
    return 'refused';
  }
}

export function writeName({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}::${JSON.stringify(id)}`.slice(0, 256);
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
