import type { LimitSubject, LimitUnit } from '@countersign/core';

/** Which counter: of which policy's limit, and whose. */
export interface CounterName {
  /** Empty for what is counted a day for policies to read. */
  readonly policyId: string;
  readonly per: LimitSubject;
  /** The id of the agent, task, delegation or person, or `<upstream>/<tool>`. */
  readonly subject: string;
  readonly unit: LimitUnit;
  /** 0: as long as the subject lives. */
  readonly windowSeconds: number;
}

/**
 * One text for one counter, and no other: a subject may be an upstream's own words, so it stands last. Spelled as it comes
 * back from every store, none of which keeps half a surrogate pair, nor each of them U+0000.
 */
export function writeCounterName({ policyId, per, subject, unit, windowSeconds }: CounterName): string {
  const kept = subject.replaceAll('\0', '\ufffd').toWellFormed();
  return `${policyId} ${per} ${unit} ${windowSeconds} ${kept}`;
}
