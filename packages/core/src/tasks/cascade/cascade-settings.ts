/** From when on work that feeds on itself is held up. Counts are of one window; 0 looks for none of it. */
export interface CascadeSettings {
  readonly windowSeconds: number;
  /** The very same call. */
  readonly sameCalls: number;
  /** The same tool with arguments that differ in numbers, case and spaces alone. */
  readonly nearCalls: number;
  /** Rounds of the same two, three or four calls. */
  readonly cycles: number;
  /** Tasks opened and delegations made inside. */
  readonly children: number;
  /** Calls that failed, of whatever tools. */
  readonly errors: number;
  /** Refused calls, and refused goals tried another way, since the task was opened or resumed; in no window. */
  readonly denials: number;
}

/** Why work is held up. */
export const CASCADE_CAUSES = ['loop', 'near_loop', 'cycle', 'fan_out', 'errors', 'denials'] as const;
export type CascadeCause = (typeof CASCADE_CAUSES)[number];
