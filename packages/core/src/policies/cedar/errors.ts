/** An evaluation that has no value in Cedar: a wrong type, a missing attribute, an overflow. The policy that meets it errs. */
export class CedarEvaluationError extends Error {
  override readonly name = 'CedarEvaluationError';
}

/** A policy in JSON form that is not Cedar, or nests deeper than this compiler takes. */
export class CedarCompileError extends Error {
  override readonly name = 'CedarCompileError';
  /** Undefined when the expression belongs to no policy. */
  readonly policyId: string | undefined;

  constructor(message: string, policyId?: string) {
    super(message);
    this.policyId = policyId;
  }
}

/** A value or an entity in Cedar's JSON form that cannot be read. Names no value, only where it stands. */
export class CedarReadError extends Error {
  override readonly name = 'CedarReadError';
}
