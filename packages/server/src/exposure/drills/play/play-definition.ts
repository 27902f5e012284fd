import { refreshTools } from '../../../upstreams/index.ts';
import type { ChangeStep } from '../drill-schema.ts';
import { drillSystem } from '../world/drilled-agent.ts';
import { splitTool } from './make-call.ts';
import type { Stage, StepFinding } from './stage.ts';

/** The upstream offers a tool otherwise than it was accepted, and is looked at as it would be when it says so. */
export async function playDefinition(stage: Stage, step: ChangeStep): Promise<StepFinding> {
  const { context } = stage;
  const { upstream, tool } = splitTool(step.change);
  const startedAt = context.platform.now();
  const before = context.upstreams.find(upstream)?.tool(tool);
  const offered = { ...before?.definition, ...step.to, name: tool };
  stage.upstreams.get(upstream)?.change(tool, JSON.parse(JSON.stringify(offered)));
  await refreshTools(context, drillSystem, { upstream });
  const state = context.upstreams.find(upstream)?.tool(tool)?.state;
  const seen = state === 'pinned' ? 'pinned' : 'held';
  return {
    title: step.title ?? `${step.change} is offered otherwise`,
    expected: step.expect,
    seen,
    passed: seen === step.expect,
    ...{ isPremise: false, code: null, calls: 0, reached: 0 },
    milliseconds: context.platform.now() - startedAt,
  };
}
