import { setTimeout as pause } from 'node:timers/promises';
import { everything, stopScope } from '../../../signals/index.ts';
import type { BeginStep, StopStep } from '../drill-schema.ts';
import { findAgent, makeCall } from './make-call.ts';
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

/** Stops a scope of the drill's world, and measures until the last call it must cut has ended. */
export async function playStop(stage: Stage, step: StopStep): Promise<StepFinding> {
  const { now } = stage.context.platform;
  const startedAt = now();
  const flights = step.cuts.map((name) => stage.inFlight.get(name));
  const limit = step.withinMilliseconds ?? patienceMilliseconds;
  await stopScope(
    stage.context,
    { kind: 'system', part: 'drills' },
    { ...findScope(stage, step), reason: 'drill' },
  );
  const stoppedAt = now();
  const tooLate = pause(limit, undefined, { ref: false });
  const ended = await Promise.race([Promise.all(flights), tooLate]);
  const isCut = ended?.every((seen) => seen?.outcome === 'refused') === true;
  const last = Math.max(stoppedAt, ...(ended ?? []).map((seen) => seen?.endedAt ?? stoppedAt));
  const milliseconds = step.cuts.length === 0 ? stoppedAt - startedAt : last - startedAt;
  const isInTime = milliseconds <= (step.withinMilliseconds ?? Number.POSITIVE_INFINITY);
  const what = step.cuts.length === 0 ? 'stopped' : `${step.cuts.length} in flight cut`;
  return {
    title: step.title ?? `stop ${step.stop}`,
    expected: step.withinMilliseconds === undefined ? what : `${what} within ${step.withinMilliseconds} ms`,
    seen: isCut ? what : 'a call went on',
    passed: isCut && isInTime,
    isPremise: false,
    code: ended?.[0]?.code ?? null,
    ...{ calls: 0, reached: 0, milliseconds },
  };
}

function findScope(stage: Stage, { stop, of }: StopStep) {
  const agent = findAgent(stage, of);
  switch (stop) {
    case 'agent':
      return { scope: stop, target: agent.id };
    case 'owner':
      return { scope: stop, target: stage.ownerId };
    case 'everything':
      return { scope: stop, target: everything };
    default:
      return { scope: stop, target: agent.held?.[stop] ?? '' };
  }
}
