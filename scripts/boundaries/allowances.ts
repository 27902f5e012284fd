/** A place that breaks a rule on purpose. One that no longer does so fails the check, so that the list stays short. */
export interface Allowance {
  readonly path: string;
  readonly rule: string;
  readonly why: string;
}

export const allowances: readonly Allowance[] = [];
