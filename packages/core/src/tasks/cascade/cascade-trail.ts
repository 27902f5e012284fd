import { CallCycle } from './call-cycle.ts';
import type { CascadeCause, CascadeSettings } from './cascade-settings.ts';
import { type CallGoal, DeniedGoals } from './denied-goals.ts';
import type { CallHash } from './hash-call.ts';
import { WindowCounts } from './window-counts.ts';

/** What was found out, and how much of it there was. */
export interface FoundCascade {
  readonly cause: CascadeCause;
  readonly count: number;
}

const MOST_CALLS = 256;
const MOST_SHAPES = 64;
const [FAILURES, CHILDREN] = [1, 2];

/**
 * What one agent does in the tasks under a first one, as far as it takes to notice that its work feeds on itself. Times
 * are epoch milliseconds and handed in; memory is bounded whatever is called. Each method counts, and says what is found.
 */
export class CascadeTrail {
  readonly #settings: CascadeSettings;
  readonly #calls: WindowCounts;
  readonly #shapes: WindowCounts;
  readonly #events: WindowCounts;
  readonly #cycle: CallCycle;
  readonly #goals = new DeniedGoals();
  #denials = 0;

  constructor(settings: CascadeSettings) {
    this.#settings = settings;
    this.#calls = new WindowCounts(MOST_CALLS, settings.windowSeconds);
    this.#shapes = new WindowCounts(MOST_SHAPES, settings.windowSeconds);
    this.#events = new WindowCounts(2, settings.windowSeconds);
    this.#cycle = new CallCycle(settings.windowSeconds);
  }

  /** A call that is about to be decided: from the one after `sameCalls` on it is a loop. */
  noteCall({ exact, shape }: CallHash, at: number): FoundCascade | null {
    const { sameCalls, nearCalls, cycles } = this.#settings;
    const same = this.#calls.add(exact, at);
    const near = this.#shapes.add(shape, at);
    const rounds = this.#cycle.add(exact, at);
    return (
      judge('loop', same, sameCalls) ?? judge('near_loop', near, nearCalls) ?? judge('cycle', rounds, cycles)
    );
  }

  noteFailure(at: number): FoundCascade | null {
    return judge('errors', this.#events.add(FAILURES, at), this.#settings.errors);
  }

  /** A task or delegation that is about to be made inside. */
  noteChild(at: number): FoundCascade | null {
    return judge('fan_out', this.#events.add(CHILDREN, at), this.#settings.children);
  }

  /** A refused call; one that tries a refused goal another way counts twice. */
  noteDenial(goal: CallGoal): FoundCascade | null {
    this.#denials += this.#goals.isRetry(goal) ? 2 : 1;
    this.#goals.add(goal);
    return this.#judgeDenials();
  }

  /** A call that is let out and changes something: it counts as refused where it reaches what another tool was refused. */
  noteChange(goal: CallGoal): FoundCascade | null {
    if (!this.#goals.reaches(goal)) return null;
    this.#denials += 1;
    return this.#judgeDenials();
  }

  get denials(): number {
    return this.#denials;
  }

  /** As many were refused at least: what was counted elsewhere. */
  raiseDenials(least: number): void {
    this.#denials = Math.max(this.#denials, least);
  }

  /** Begins anew, after a person has looked at it. */
  clear(): void {
    this.#denials = 0;
    for (const one of [this.#calls, this.#shapes, this.#events, this.#cycle, this.#goals]) one.clear();
  }

  #judgeDenials(): FoundCascade | null {
    const { denials } = this.#settings;
    return denials > 0 && this.#denials >= denials ? { cause: 'denials', count: this.#denials } : null;
  }
}

function judge(cause: CascadeCause, count: number, most: number): FoundCascade | null {
  return most > 0 && count > most ? { cause, count } : null;
}
