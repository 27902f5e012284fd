import { toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Context } from '../../context.ts';
import { type Answer, denyFor } from './answer.ts';
import { type Asking, answerQuestion } from './answer-question.ts';
import { find, invalid, readQuestion } from './question.ts';

const mostEvaluations = 100;
const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
type Semantic = (typeof semantics)[number];

export async function answerEvaluation(context: Context, asking: Asking, body: JsonObject): Promise<object> {
  return answerQuestion(context, asking, readQuestion(body));
}

/** AuthZEN 1.0 §7: in the order they came. Without `evaluations` it is a single one. */
export async function answerEvaluations(context: Context, asking: Asking, body: JsonObject): Promise<object> {
  const evaluations = find(body, 'evaluations');
  if (evaluations === undefined || (Array.isArray(evaluations) && evaluations.length === 0)) {
    return answerEvaluation(context, asking, body);
  }
  if (!Array.isArray(evaluations)) throw invalid('evaluations: a list is needed');
  if (evaluations.length > mostEvaluations) throw invalid(`evaluations: more than ${mostEvaluations}`);
  const semantic = readSemantic(body);
  const answers: Answer[] = [];
  for (const evaluation of evaluations) {
    const answer = await answerOne(context, asking, body, evaluation);
    answers.push(answer);
    if (semantic === 'deny_on_first_deny' && !answer.decision) break;
    if (semantic === 'permit_on_first_permit' && answer.decision) break;
  }
  return { evaluations: answers };
}

/** One that cannot be read is denied by itself; the others stand. */
async function answerOne(
  context: Context,
  asking: Asking,
  body: JsonObject,
  evaluation: JsonValue,
): Promise<Answer> {
  try {
    if (!isJsonObject(evaluation)) throw invalid('evaluations: objects are needed');
    return await answerQuestion(context, asking, readQuestion(withDefaults(body, evaluation)));
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'server.internal')
      context.log.error({ err: error.cause ?? error }, 'an evaluation failed');
    return denyFor(error.code, error.detail === undefined ? {} : { detail: error.detail });
  }
}

/** §7.1.1: whole entities, never parts of them. */
function withDefaults(body: JsonObject, evaluation: JsonObject): JsonObject {
  const question: { [name: string]: JsonValue } = {};
  for (const name of ['subject', 'action', 'resource', 'context']) {
    const value = find(evaluation, name) ?? find(body, name);
    if (value !== undefined) question[name] = value;
  }
  return question;
}

function readSemantic(body: JsonObject): Semantic {
  const options = find(body, 'options');
  if (options === undefined) return 'execute_all';
  if (!isJsonObject(options)) throw invalid('options: an object is needed');
  const named = find(options, 'evaluations_semantic');
  if (named === undefined) return 'execute_all';
  const known = semantics.find((semantic) => semantic === named);
  if (known === undefined) throw invalid('options.evaluations_semantic: unknown');
  return known;
}
