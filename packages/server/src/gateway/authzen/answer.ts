import type { JsonObject } from '@countersign/core';

/** A decision (AuthZEN 1.0 §5.5) on its way to an enforcement point. */
export interface Answer {
  readonly decision: boolean;
  readonly context: JsonObject;
}

/** Why a question is denied, in a code that tells nothing of the policies. */
export function denyFor(reason: string, more: JsonObject = {}): Answer {
  return { decision: false, context: { ...more, reason } };
}

export function writeTime(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
