import { toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Context } from '../../context.ts';
import { type Answer, denyFor } from './answer.ts';
import { type Asking, answerQuestion } from './answer-question.ts';
import { find, type Question, readQuestion } from './question.ts';

export const dataPath = '/v1/data/';

/**
 * The shape of Open Policy Agent's data API: `input` in, `result` out, so that its clients and those of frameworks can
 * ask. A path or an input that means nothing here is denied: to many clients an answer without a result is an allow.
 */
export async function answerData(
  context: Context,
  asking: Asking,
  path: string,
  body: JsonObject,
): Promise<object> {
  const { decision, context: told } = await decide(context, asking, path, find(body, 'input'));
  const { reason, evaluation_id } = told;
  return {
    result: {
      allow: decision,
      decision: decision ? 'allow' : reason === 'approval_required' ? 'requires-approval' : 'deny',
      ...(reason === undefined ? {} : { reason }),
      ...(told.access_request === undefined ? {} : { access_request: told.access_request }),
      ...(told.notices === undefined ? {} : { notices: told.notices }),
      ...(told.obligations === undefined ? {} : { obligations: told.obligations }),
    },
    ...(evaluation_id === undefined ? {} : { decision_id: evaluation_id }),
  };
}

async function decide(
  context: Context,
  asking: Asking,
  path: string,
  input: JsonValue | undefined,
): Promise<Answer> {
  if (!isJsonObject(input)) return denyFor('server.request_invalid');
  const [start, kind, upstream, ...others] = path.split('/');
  if (start !== 'countersign' || others.length > 0) return denyFor('unknown_path');
  try {
    if (kind === 'question' && upstream === undefined)
      return await answerQuestion(context, asking, readQuestion(input));
    if (kind === 'call') return await answerQuestion(context, asking, readCallInput(input, upstream));
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'server.request_invalid') throw error;
    return denyFor(error.code);
  }
  return denyFor('unknown_path');
}

/** `{agent, task, tool, args}`, or what frameworks send: `{tool: {name}, args, runtimeContext: {agent, task}}`. */
function readCallInput(input: JsonObject, upstream: string | undefined): Question {
  const shared = find(input, 'runtimeContext');
  const said = (name: string): JsonValue =>
    find(input, name) ?? (isJsonObject(shared) ? find(shared, name) : null) ?? null;
  const tool = find(input, 'tool');
  const name = isJsonObject(tool) ? find(tool, 'name') : tool;
  const id = upstream === undefined ? name : `${upstream}/${typeof name === 'string' ? name : ''}`;
  return readQuestion({
    subject: { type: 'agent', id: said('agent'), properties: { task: said('task') } },
    action: { name: 'call' },
    resource: { type: 'tool', id: id ?? null, properties: { arguments: find(input, 'args') ?? {} } },
    context: isJsonObject(find(input, 'context')) ? (find(input, 'context') ?? {}) : {},
  });
}
