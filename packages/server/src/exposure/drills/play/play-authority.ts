import { toAppError } from '@countersign/api';
import type { PassOnStep } from '../drill-schema.ts';
import { passAuthority } from '../world/drilled-agent.ts';
import { findAgent } from './make-call.ts';
import type { Stage, StepFinding } from './stage.ts';

/** One agent passes authority on to another: what it holds and less, or more, which must be refused. */
export async function playPassOn(stage: Stage, step: PassOnStep): Promise<StepFinding> {
  const { from, to, limits } = step.passOn;
  const startedAt = stage.context.platform.now();
  let code: string | null = null;
  try {
    const agents = [findAgent(stage, from), findAgent(stage, to)] as const;
    await passAuthority(stage.context, agents, limits, [...stage.upstreams.keys()]);
  } catch (thrown) {
    code = toAppError(thrown).code;
  }
  const seen = code === null ? 'allowed' : 'refused';
  const isCode = step.code === undefined || code === null || step.code.includes(code);
  return {
    title: step.title ?? `${from} passes authority on to ${to}`,
    expected: step.code === undefined ? step.expect : `${step.expect} (${step.code.join(' or ')})`,
    seen: code === null ? seen : `${seen} (${code})`,
    passed: seen === step.expect && isCode,
    isPremise: step.expect === 'allowed',
    ...{ code, calls: 0, reached: 0, milliseconds: stage.context.platform.now() - startedAt },
  };
}
