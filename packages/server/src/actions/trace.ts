import type { Armed, Attempt } from './stages.ts';

export type StepName =
  | 'arrive'
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

export type StepObserver = (step: StepName) => void;
let observer: StepObserver | null = null;

/** Calls the listener as each step ends; `null` stops it. One listener a process: the path bench, which brings its own clock. */
export function observeSteps(next: StepObserver | null): void {
  observer = next;
}

/** How far one action came: what a refusal knows, and what must be let go at the end. */
export interface Trace {
  /** Notes the step's result and passes it on. */
  at<Stage>(step: StepName, reached: Stage): Stage;
  readonly reached: Attempt & Partial<Armed>;
  end(): void;
}

export function startTrace(attempt: Attempt): Trace {
  let reached: Attempt & Partial<Armed> = attempt;
  observer?.('arrive');
  return {
    at(step, next) {
      if (isStage(next)) reached = next;
      observer?.(step);
      return next;
    },
    get reached() {
      return reached;
    },
    end() {
      const { admission, lease, pass, predicted } = reached;
      predicted?.release();
      admission?.release();
      pass?.settle('unused');
      lease?.release();
    },
  };
}

function isStage(value: unknown): value is Attempt & Partial<Armed> {
  return typeof value === 'object' && value !== null && 'credentials' in value;
}
