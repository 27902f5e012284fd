import { setTimeout as pause } from 'node:timers/promises';
import type { BeginStep } from '../drill-schema.ts';
import { makeCall } from './make-call.ts';
import { countReached } from './play-call.ts';
import type { Seen, Stage, StepFinding } from './stage.ts';

const patienceMilliseconds = 5_000;
const lookMilliseconds = 2;

/** Leaves a call in flight: it has reached its upstream, which does not answer. */
export async function playBegin(stage: Stage, step: BeginStep): Promise<StepFinding> {
  const startedAt = stage.context.platform.now();
  const before = countReached(stage);
  let ended: Seen | undefined;
  const call = makeCall(stage, { ...step, by: step.by, token: 'own' }).then((seen) => {
    ended = seen;
    return seen;
  });
  stage.inFlight.set(step.begin, call);
  const isWaiting = () => countReached(stage) === before && ended === undefined;
  while (isWaiting() && stage.context.platform.now() - startedAt < patienceMilliseconds)
    await pause(lookMilliseconds);
  const isInFlight = countReached(stage) > before && ended === undefined;
  return {
    title: step.title ?? `${step.call} is in flight`,
    expected: 'in flight',
    seen: isInFlight ? 'in flight' : (ended?.outcome ?? 'nothing'),
    passed: isInFlight,
    isPremise: true,
    code: ended?.code ?? null,
    calls: 1,
    reached: countReached(stage) - before,
    milliseconds: stage.context.platform.now() - startedAt,
  };
}
