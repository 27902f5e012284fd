import type { Context } from '../../context.ts';
import type { Inspected } from '../stages.ts';
import { digestSystem } from './describe-model-intent.ts';

/** What is asked of a model, and not of a part of one. */
const asking: ReadonlySet<string> = new Set(['chat', 'messages', 'responses']);

/** Which model answered, under which system prompt: a change is told. */
export function noteUse(context: Pick<Context, 'modelUses'>, inspected: Inspected): void {
  const { model, told, tool, agent, task, target, outcomeRecord } = inspected;
  const answered = told?.answer?.id ?? null;
  if (model === null || answered === null || !asking.has(tool?.name ?? '')) return;
  context.modelUses.note({
    ...{ upstream: target.name, asked: model.request.asked, answered },
    ...{ systemDigest: digestSystem(model.request), toolsDigest: model.toolsDigest },
    ...{ agent, task: task.id, record: outcomeRecord },
  });
}
