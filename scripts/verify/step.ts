/** One line of the verification: a name to choose it by, and how to run it. */
export interface Step {
  readonly name: string;
  /** It waits for processes, browsers and clocks most of its time: another such step runs beside it. */
  readonly waits?: true;
  run(): Promise<StepResult>;
}

export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  /** Shown when something failed. */
  readonly output: string;
  readonly notes?: readonly string[];
}
