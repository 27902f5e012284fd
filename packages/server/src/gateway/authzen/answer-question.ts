import { toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import {
  type AskedCall,
  type Asker,
  type AskingFront,
  decideAction,
  decideDeclaredQuestion,
} from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { type Answer, denyFor, writeTime } from './answer.ts';
import { describeObligations } from './describe-obligations.ts';
import { find, type Question } from './question.ts';
import { describeApproval, type Presented, readApproval } from './requests/presented-approval.ts';
import { describeRequestable, explainStepUp } from './requests/requestable.ts';

export interface Asking {
  readonly asker: Asker;
  readonly front: AskingFront;
}

/** A question about an agent and a pinned tool is about the real ones; everything else is about declared types. */
export function isAboutAgent({ subject, resource }: Pick<Question, 'subject' | 'resource'>): boolean {
  return subject.type === 'agent' && resource.type === 'tool';
}

/** Decides one question; it is recorded by then. Never throws but for what is wrong with this server. */
export async function answerQuestion(context: Context, asking: Asking, question: Question): Promise<Answer> {
  const presented = await readApproval(context, asking.asker, question);
  try {
    const answer = isAboutAgent(question)
      ? await answerCall(context, asking, question, presented)
      : await answerDeclared(context, asking, question);
    return answer;
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'server.internal') throw error;
    return denyFor(error.code, {
      ...describeEvaluation(context, error.data),
      // Asking again would not help: policy, or a person, says no.
      ...(presented === null ? {} : { next_action: 'none' }),
    });
  }
}

async function answerCall(
  context: Context,
  asking: Asking,
  question: Question,
  presented: Presented | null,
): Promise<Answer> {
  const call = readCall(context, asking, question);
  if (typeof call === 'string') return denyFor(call);
  const approvalId = presented?.kind === 'applies' ? presented.approvalId : null;
  const { effect, decisionRecord, recorded } = await decideAction(context, { ...call, approvalId });
  const evaluation = { evaluation_id: decisionRecord, evaluated_at: writeTime(context.platform.now()) };
  if (effect === 'allow') {
    const approved = presented?.kind === 'applies' && recorded.approval !== null;
    const { notices, obligations } = recorded.ruling;
    const told = notices.length === 0 ? {} : { notices: [...notices] };
    const owed = describeObligations(obligations);
    const shown = approved ? describeApproval(presented) : {};
    return { decision: true, context: { ...evaluation, ...told, ...owed, ...shown } };
  }
  const access_request = await describeRequestable(context, asking.asker, question, {
    evaluationId: decisionRecord,
    actionId: call.id,
    notAfter: recorded.task.expiresAt,
  });
  const { reason, next_action } = explainStepUp(presented);
  return denyFor(reason, { ...evaluation, access_request, ...(next_action === null ? {} : { next_action }) });
}

/** The call in the words of the path, or why it is none. */
export function readCall(
  context: Context,
  { asker, front }: Asking,
  { subject, action, resource, context: said }: Question,
): AskedCall | string {
  if (action.name !== 'call' && action.name !== 'tools/call') return 'unknown_action';
  const slash = resource.id.indexOf('/');
  const given = readArguments(find(resource.properties, 'arguments'), find(said, 'arguments'));
  if (slash <= 0) return 'action.tool_unknown';
  if (given === undefined) return 'action.arguments_invalid';
  const task = find(subject.properties, 'task');
  const trace = find(said, 'traceparent');
  return {
    ...{ id: context.platform.newId('act'), front, asker, approvalId: null },
    agentId: subject.id,
    taskId: typeof task === 'string' ? task : null,
    upstream: resource.id.slice(0, slash),
    tool: resource.id.slice(slash + 1),
    arguments: given,
    traceparent: typeof trace === 'string' && /^[0-9a-f-]{55}$/.test(trace) ? trace : null,
  };
}

/** They may be said in one of two places, and never differently in both. */
function readArguments(...places: readonly unknown[]): JsonObject | undefined {
  const given = places.filter((place) => place !== undefined);
  if (given.length > 1) return undefined;
  const [only = {}] = given as JsonObject[];
  return isJsonObject(only) ? only : undefined;
}

async function answerDeclared(
  context: Context,
  { asker, front }: Asking,
  question: Question,
): Promise<Answer> {
  const id = context.platform.newId('act');
  const { verdict, flaw, obligations, decisionRecord } = await decideDeclaredQuestion(context, {
    ...{ id, front, asker },
    question: toDeclared(question),
  });
  const evaluation = { evaluation_id: decisionRecord, evaluated_at: writeTime(context.platform.now()) };
  if (verdict.effect === 'allow') {
    return { decision: true, context: { ...evaluation, ...describeObligations(obligations) } };
  }
  if (verdict.effect === 'step_up') return denyFor('approval_required', evaluation);
  return denyFor(flaw ?? 'action.denied', evaluation);
}

export function toDeclared({ subject, action, resource, context }: Question) {
  return {
    principal: { type: subject.type, id: subject.id, properties: subject.properties },
    action: { name: action.name, properties: action.properties },
    resource: { type: resource.type, id: resource.id, properties: resource.properties },
    context,
  };
}

function describeEvaluation(context: Context, data: unknown): JsonObject {
  const evaluated_at = writeTime(context.platform.now());
  const decision = isJsonObject(data as JsonObject) ? (data as JsonObject).decision : undefined;
  return typeof decision === 'string' ? { evaluation_id: decision, evaluated_at } : { evaluated_at };
}
