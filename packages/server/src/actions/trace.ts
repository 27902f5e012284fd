import type { Attempt, Classified, Recorded } from './stages.ts';

export type StepName =
  | 'authenticate'
  | 'resolve_authority'
  | 'classify'
  | 'record_intent'
  | 'decide'
  | 'record_decision'
  | 'obtain_approval'
  | 'inject_secret'
  | 'forward'
  | 'inspect_result'
  | 'record_outcome';

type StepObserver = (step: StepName, microseconds: number) => void;
let observer: StepObserver | null = null;

/** The path bench listens to what each step took; null stops it. One listener a process. */
export function observeSteps(next: StepObserver | null): void {
  observer = next;
}

/** How far one action came: what a refusal knows, and what must be let go at the end. */
export interface Trace {
  /** Notes the step's result and passes it on. */
  at<Stage>(step: StepName, reached: Stage): Stage;
  readonly reached: Attempt & Partial<Recorded>;
  end(): void;
}

export function startTrace(attempt: Attempt): Trace {
  let reached: Attempt & Partial<Recorded> = attempt;
  let last = observer === null ? 0 : performance.now();
  return {
    at(step, next) {
      if (isStage(next)) reached = next;
      if (observer !== null) {
        const now = performance.now();
        observer(step, (now - last) * 1000);
        last = now;
      }
      return next;
    },
    get reached() {
      return reached;
    },
    end() {
      (reached as Partial<Classified>).admission?.release();
    },
  };
}

function isStage(value: unknown): value is Attempt & Partial<Recorded> {
  return typeof value === 'object' && value !== null && 'credentials' in value;
}
