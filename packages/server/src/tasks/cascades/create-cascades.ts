import { AppError } from '@countersign/api';
import { type FoundCascade, hashCall } from '@countersign/core';
import type { Logger } from 'pino';
import type { Config } from '../../config/index.ts';
import type { Store } from '../../plugins/database/database.ts';
import type { Stops } from '../../signals/index.ts';
import type {
  CallPass,
  Cascades,
  Pause,
  PauseListener,
  RefusedCounts,
  Work,
  WorkCall,
  WorkGoal,
} from './cascades.ts';
import { type CircuitChange, Circuits } from './circuits.ts';
import { describeGoal } from './describe-goal.ts';
import { everybody, refusePaused } from './standing-pauses.ts';
import { type AgentWork, WorkTrails } from './work-trails.ts';
import { loadPauses, type PauseParts, writePause } from './write-pause.ts';

export interface CascadeParts extends PauseParts {
  readonly store: Pick<Store, 'sql' | 'transaction' | 'append'>;
  readonly config: Pick<Config, 'cascades'>;
  readonly stops: Pick<Stops, 'cut'>;
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

/** With the pauses that are in force. */
export async function createCascades(parts: CascadeParts): Promise<Cascades> {
  return new HeldCascades(parts, await loadPauses(parts.store));
}

interface Paused {
  readonly pause: Pause;
  readonly written: Promise<void>;
  /** Whether the store has it: one that could not be written holds as long as this process runs. */
  isWritten: boolean;
}

class HeldCascades implements Cascades {
  readonly #parts: CascadeParts;
  readonly #trails: WorkTrails;
  readonly #circuits: Circuits;
  /** By root, and agent. */
  readonly #paused = new Map<string, Map<string, Paused>>();
  readonly #listeners = new Set<PauseListener>();

  constructor(parts: CascadeParts, pauses: readonly Pause[]) {
    this.#parts = parts;
    const { cascades } = parts.config;
    this.#trails = new WorkTrails(cascades);
    this.#circuits = new Circuits(cascades, parts.platform.now, (change) => this.#recordCircuit(change));
    for (const pause of pauses) this.#keepStored(pause);
  }

  get size(): number {
    return this.#trails.size + this.#circuits.size;
  }

  requireRunning(root: string, agents: readonly string[]): void {
    const paused = this.#paused.get(root);
    if (paused === undefined) return;
    const found = [everybody, ...agents].map((agent) => paused.get(agent)).find((one) => one !== undefined);
    if (found !== undefined) throw refusePaused(found.pause);
  }

  begin(call: WorkCall): CallPass {
    const work = this.#trails.findAgent(call);
    const hash = hashCall(call.name, call.arguments);
    const found = work.trail.noteCall(hash, this.#parts.platform.now());
    if (found !== null) throw refusePaused(this.#pause(call, found, work));
    const pass = this.#circuits.enter(call);
    return {
      settle: (end) => {
        pass.settle(end);
        if (end !== 'failure' && end !== 'unavailable') return;
        const failed = work.trail.noteFailure(this.#parts.platform.now());
        if (failed !== null) this.#pause(call, failed, work);
      },
    };
  }

  noteDenial(given: WorkGoal): void {
    const goal = describeGoal(given);
    const work = this.#trails.findAgent(given);
    const found = work.trail.noteDenial(goal);
    if (found !== null) this.#pause(given, found, work);
    const whole = this.#trails.findTree(given.root).whole.noteDenial(goal);
    if (whole !== null) this.#pauseWhole(given, whole);
  }

  noteChange(given: WorkGoal): void {
    const tree = this.#trails.findTree(given.root);
    // Nothing was refused here, and what it is aimed at need not be looked for.
    if (tree.whole.denials === 0) return;
    const goal = describeGoal(given);
    const work = this.#trails.findAgent(given);
    const found = work.trail.noteChange(goal);
    if (found !== null) throw refusePaused(this.#pause(given, found, work));
    const whole = tree.whole.noteChange(goal);
    if (whole !== null) throw refusePaused(this.#pauseWhole(given, whole));
  }

  noteChild(work: Work): void {
    this.requireRunning(work.root, [work.agent]);
    const at = this.#parts.platform.now();
    const own = this.#trails.findAgent(work);
    const found = own.trail.noteChild(at);
    const whole = this.#trails.findTree(work.root).whole.noteChild(at);
    if (found === null && whole === null) return;
    // Who does not take the hint is held up.
    if (found !== null && found.count > 2 * this.#parts.config.cascades.children)
      throw refusePaused(this.#pause(work, found, own));
    const { windowSeconds } = this.#parts.config.cascades;
    throw new AppError('task.fan_out', { headers: { 'retry-after': String(windowSeconds) } });
  }

  findPause(root: string, agent: string): Pause | undefined {
    const paused = this.#paused.get(root);
    return (paused?.get(agent) ?? paused?.get(everybody))?.pause;
  }

  async whenWritten(root: string): Promise<void> {
    await Promise.all([...(this.#paused.get(root)?.values() ?? [])].map(({ written }) => written));
  }

  resume(pause: Pause): void {
    const paused = this.#paused.get(pause.root);
    if (paused?.get(pause.agent)?.pause.record === pause.record) {
      paused.delete(pause.agent);
      if (paused.size === 0) this.#paused.delete(pause.root);
      this.#trails.clear(pause.root, pause.agent === everybody ? null : pause.agent);
    }
    for (const listener of this.#listeners) listener(pause, 'resumed');
  }

  onChange(listener: PauseListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  isPaused(root: string): boolean {
    return this.#paused.has(root);
  }

  carry(root: string): RefusedCounts {
    return this.#trails.countRefused(root);
  }

  async adopt(
    root: string,
    loadStanding: () => Promise<readonly Pause[]>,
    refused: RefusedCounts = [0, {}],
  ): Promise<void> {
    this.#trails.raiseRefused(root, refused);
    // What is written meanwhile may not be among what is read.
    const stored = [...(this.#paused.get(root)?.values() ?? [])].filter(({ isWritten }) => isWritten);
    const standing = await loadStanding();
    const records = new Set(standing.map(({ record }) => record));
    for (const { pause } of stored) if (!records.has(pause.record)) this.resume(pause);
    for (const pause of standing) {
      if (this.#paused.get(root)?.has(pause.agent) === true) continue;
      this.#keepStored(pause);
      for (const listener of this.#listeners) listener(pause, 'paused');
    }
  }

  forget(root: string): void {
    this.#paused.delete(root);
    this.#trails.forget(root);
  }

  #pause({ root, agent, task }: Work, found: FoundCascade, { tasks }: AgentWork): Pause {
    return this.#hold({ root, agent, task }, found, [task, ...tasks]);
  }

  #pauseWhole({ root }: Work, found: FoundCascade): Pause {
    return this.#hold({ root, agent: everybody, task: root }, found, [root]);
  }

  /** In memory at once, so that the next call is refused, and on disk before a refusal of it is answered. */
  #hold(work: Work, found: FoundCascade, tasks: readonly string[]): Pause {
    const known = this.#paused.get(work.root)?.get(work.agent);
    if (known !== undefined) return known.pause;
    const { platform, config, stops, log } = this.#parts;
    const at = platform.now();
    const pause: Pause = { ...work, record: platform.newId('rec'), cause: found.cause, at };
    const isCut = config.cascades.onPause === 'cut';
    const cut = isCut
      ? [...new Set(tasks)].flatMap((task) => stops.cut('task', task, refusePaused(pause)))
      : [];
    const writing = writePause(this.#parts, pause, found, cut);
    const written = writing.catch((error: unknown) => {
      // It stays held up all the same, for as long as this process runs.
      log.error({ err: error, task: work.task }, 'a pause could not be written');
    });
    const kept = this.#keep(pause, written);
    writing.then(
      () => {
        kept.isWritten = true;
      },
      () => {},
    );
    log.warn({ task: work.task, agent: work.agent, cause: found.cause }, 'a task is paused');
    for (const listener of this.#listeners) listener(pause, 'paused');
    return pause;
  }

  #keep(pause: Pause, written: Promise<void>): Paused {
    const paused = this.#paused.get(pause.root) ?? new Map<string, Paused>();
    this.#paused.set(pause.root, paused);
    const kept: Paused = { pause, written, isWritten: false };
    paused.set(pause.agent, kept);
    return kept;
  }

  #keepStored(pause: Pause): void {
    this.#keep(pause, Promise.resolve()).isWritten = true;
  }

  #recordCircuit({ scope, state, ...fields }: CircuitChange): void {
    const { platform, store, log } = this.#parts;
    const { person } = fields;
    log.warn({ scope, ...fields }, state === 'open' ? 'a circuit is open' : 'a circuit is closed again');
    const record = {
      id: platform.newId('rec'),
      kind: state === 'open' ? ('signal.circuit_opened' as const) : ('signal.circuit_closed' as const),
      at: platform.now(),
      causes: [],
      ...fields,
      body: { scope, ...(person === undefined ? {} : { owner: person }) },
    };
    store.append([record]).catch((error: unknown) => {
      log.error({ err: error, scope }, 'the change of a circuit could not be recorded');
    });
  }
}
