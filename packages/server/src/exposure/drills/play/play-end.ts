import { setTimeout as pause } from 'node:timers/promises';
import { revokeDelegation } from '../../../delegations/index.ts';
import { suspendPerson } from '../../../people/index.ts';
import { everything, stopScope } from '../../../signals/index.ts';
import type { EndStep, StopStep } from '../drill-schema.ts';
import { drillSystem } from '../world/drilled-agent.ts';
import { findAgent } from './make-call.ts';
import type { Stage, StepFinding } from './stage.ts';

const patienceMilliseconds = 5_000;

/** Ends something in the drill's world, and measures until the last call it must cut has ended. */
export async function playEnd(stage: Stage, step: EndStep): Promise<StepFinding> {
  const { now } = stage.context.platform;
  const { cuts, withinMilliseconds } = step;
  const startedAt = now();
  const flights = cuts.map((name) => stage.inFlight.get(name));
  await end(stage, step);
  const doneAt = now();
  const tooLate = pause(withinMilliseconds ?? patienceMilliseconds, undefined, { ref: false });
  const ended = cuts.length === 0 ? [] : await Promise.race([Promise.all(flights), tooLate]);
  const isCut = ended?.every((seen) => seen?.outcome === 'refused') === true;
  const milliseconds = Math.max(doneAt, ...(ended ?? []).map((seen) => seen?.endedAt ?? doneAt)) - startedAt;
  const what = cuts.length === 0 ? 'done' : `${cuts.length} in flight cut`;
  return {
    title: step.title ?? describeEnd(step),
    expected: withinMilliseconds === undefined ? what : `${what} within ${withinMilliseconds} ms`,
    seen: isCut ? what : 'a call went on',
    passed: isCut && milliseconds <= (withinMilliseconds ?? Number.POSITIVE_INFINITY),
    // Without anything to cut it prepares what the next steps look at.
    isPremise: cuts.length === 0,
    code: ended?.[0]?.code ?? null,
    ...{ calls: 0, reached: 0, milliseconds },
  };
}

async function end(stage: Stage, step: EndStep): Promise<void> {
  const { context, ownerId } = stage;
  if ('disable' in step) await suspendPerson(context, drillSystem, ownerId);
  else if ('revoke' in step) {
    const delegationId = findAgent(stage, step.revoke).held?.delegation ?? '';
    await revokeDelegation(context, drillSystem, { delegationId, reason: 'drill' });
  } else await stopScope(context, drillSystem, { ...findScope(stage, step), reason: 'drill' });
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

function describeEnd(step: EndStep): string {
  if ('disable' in step) return 'the owner is disabled';
  return 'revoke' in step ? `the delegation of ${step.revoke} is revoked` : `stop ${step.stop}`;
}
