import type { CallStep } from '../drill-schema.ts';
import { makeCall } from './make-call.ts';
import type { Seen, Stage, StepFinding } from './stage.ts';

/** Calls until one is contained, at most so often; then it is as expected, or it is not. */
export async function playCall(stage: Stage, step: CallStep): Promise<StepFinding> {
  const startedAt = stage.context.platform.now();
  const before = countReached(stage);
  const wantsContainment = step.expect !== 'allowed';
  let seen: Seen;
  let calls = 0;
  do {
    calls += 1;
    seen = await makeCall(stage, { ...step, by: step.by });
  } while (calls < step.times && wantsContainment === (seen.outcome === 'allowed') && !stage.over.aborted);
  const reached = countReached(stage) - before;
  const milliseconds = seen.endedAt - startedAt;
  // What was contained never arrived: what a refusal says is not taken at its word.
  const arrived = seen.outcome !== 'allowed' && reached > calls - 1;
  // Refused before any policy was asked: nothing is shown by it.
  const isUndecided = seen.code === 'action.runs_elsewhere';
  const isInTime =
    calls <= (step.within?.calls ?? step.times) && milliseconds <= (step.within?.milliseconds ?? 60_000);
  return {
    title: step.title ?? `${step.call}${step.token === 'own' ? '' : `, token ${step.token}`}`,
    expected: describeExpected(step),
    seen: `${describeSeen(seen)}${calls > 1 ? ` at call ${calls}` : ''}${arrived ? ', but it arrived' : ''}`,
    passed: isAsExpected(step, seen) && isInTime && !arrived && !isUndecided,
    isPremise: !wantsContainment || isUndecided,
    code: seen.code,
    ...{ calls, reached, milliseconds },
  };
}

export function countReached({ upstreams }: Stage): number {
  return [...upstreams.values()].reduce((sum, { reached }) => sum + reached, 0);
}

function isAsExpected({ expect, code }: Pick<CallStep, 'expect' | 'code'>, seen: Seen): boolean {
  if (expect === 'contained' ? seen.outcome === 'allowed' : seen.outcome !== expect) return false;
  return code === undefined || seen.code === null || code.includes(seen.code);
}

function describeExpected({ expect, code, times, within }: CallStep): string {
  const codes = code === undefined ? '' : ` (${code.join(' or ')})`;
  const calls = within?.calls ?? (times > 1 && expect !== 'allowed' ? times : undefined);
  const limits = [
    ...(calls === undefined ? [] : [`${calls} calls`]),
    ...(within?.milliseconds === undefined ? [] : [`${within.milliseconds} ms`]),
  ];
  return `${expect}${codes}${limits.length === 0 ? '' : ` within ${limits.join(' and ')}`}`;
}

function describeSeen({ outcome, code }: Seen): string {
  return code === null ? outcome : `${outcome} (${code})`;
}
