export interface BreakerSettings {
  /** So many failures in the window, and at least as many as there were successes, open it. 0: never. */
  readonly failures: number;
  readonly windowSeconds: number;
  /** How long it stays open at first; twice as long each time that a trial fails. */
  readonly openSeconds: number;
  readonly longestOpenSeconds: number;
  /** The most failures that count of one source, so that nobody opens alone what others need; null: all. */
  readonly mostOfOneSource: number | null;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

export type Admittance =
  | { readonly admitted: true; readonly isTrial: boolean }
  | { readonly admitted: false; readonly retryAfterSeconds: number };

const MOST_SOURCES = 64;
const ADMITTED: Admittance = { admitted: true, isTrial: false };
const TRIAL: Admittance = { admitted: true, isTrial: true };

/** Closed, open, half open: after its time one trial call is let through, and what comes of it decides. Times are epoch milliseconds. */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #failures = new Map<string, number>();
  #state: BreakerState = 'closed';
  #windowSince = 0;
  #successes = 0;
  #openSeconds: number;
  #openUntil = 0;
  /** Null while no trial is under way. */
  #trialSince: number | null = null;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
    this.#openSeconds = settings.openSeconds;
  }

  get state(): BreakerState {
    return this.#state;
  }

  admit(at: number): Admittance {
    if (this.#state === 'closed') return ADMITTED;
    if (this.#state === 'open') {
      if (at < this.#openUntil)
        return { admitted: false, retryAfterSeconds: Math.ceil((this.#openUntil - at) / 1000) };
      this.#state = 'half_open';
    }
    // A trial that nobody hears of again does not keep it half open for ever.
    const isUnderWay = this.#trialSince !== null && at - this.#trialSince < this.#openSeconds * 1000;
    if (isUnderWay) return { admitted: false, retryAfterSeconds: this.#openSeconds };
    this.#trialSince = at;
    return TRIAL;
  }

  /** How a call that was admitted ended. Returns the state when it has changed. */
  settle(
    outcome: 'success' | 'failure' | 'unused',
    call: { readonly at: number; readonly source: string; readonly isTrial: boolean },
  ): BreakerState | null {
    if (call.isTrial) return this.#settleTrial(outcome, call.at);
    // What was let out before it opened says nothing about now.
    if (this.#state !== 'closed' || outcome === 'unused') return null;
    if (call.at - this.#windowSince > this.#settings.windowSeconds * 1000) this.#begin(call.at);
    if (outcome === 'success') {
      this.#successes += 1;
      return null;
    }
    const isKnown = this.#failures.has(call.source);
    const source = isKnown || this.#failures.size < MOST_SOURCES ? call.source : '';
    this.#failures.set(source, (this.#failures.get(source) ?? 0) + 1);
    const count = this.#countFailures();
    const { failures } = this.#settings;
    if (failures === 0 || count < failures || count < this.#successes) return null;
    return this.#open(call.at);
  }

  #settleTrial(outcome: 'success' | 'failure' | 'unused', at: number): BreakerState | null {
    if (this.#state !== 'half_open') return null;
    this.#trialSince = null;
    if (outcome === 'unused') return null;
    if (outcome === 'success') {
      this.#openSeconds = this.#settings.openSeconds;
      this.#begin(at);
      this.#state = 'closed';
      return 'closed';
    }
    this.#openSeconds = Math.min(this.#openSeconds * 2, this.#settings.longestOpenSeconds);
    return this.#open(at);
  }

  #open(at: number): BreakerState {
    this.#state = 'open';
    this.#openUntil = at + this.#openSeconds * 1000;
    this.#trialSince = null;
    this.#failures.clear();
    return 'open';
  }

  #begin(at: number): void {
    this.#windowSince = at;
    this.#successes = 0;
    this.#failures.clear();
  }

  #countFailures(): number {
    const most = this.#settings.mostOfOneSource ?? Number.POSITIVE_INFINITY;
    let sum = 0;
    for (const times of this.#failures.values()) sum += Math.min(times, most);
    return sum;
  }
}
