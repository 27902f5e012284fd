import { AppError, toAppError } from '@countersign/api';
import { canonicalJson, type JsonObject } from '@countersign/core';
import { requestAskedApproval } from '../../../actions/index.ts';
import {
  type AccessRequest,
  type AccessRequestRow,
  findAccessRequest,
  saveAccessRequest,
} from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { sha256 } from '../../../platform/sha256.ts';
import { UniqueViolation } from '../../../plugins/database/database.ts';
import { type Asking, isAboutAgent, readCall } from '../answer-question.ts';
import { accessRequestEndpoint } from '../endpoints.ts';
import { find, invalid, type Question, readQuestion } from '../question.ts';
import { isBoundTo, unseal } from './binding.ts';
import { describeTask, type TaskAnswer } from './describe-task.ts';
import { RequestProblem } from './request-problem.ts';

const keyForm = /^[\x21-\x7e]{1,200}$/;

export interface Submitted extends TaskAnswer {
  readonly status: 202;
  readonly headers: { readonly location: string };
}

/**
 * Asks people for exactly what was denied (Access Request and Approval Profile, "Access Request Submission"). The same
 * submission again is the same request. Throws `RequestProblem`, and what asking throws.
 */
export async function submitRequest(
  context: Context,
  asking: Asking,
  body: JsonObject,
  idempotencyKey: string | undefined,
): Promise<Submitted> {
  if (idempotencyKey !== undefined && !keyForm.test(idempotencyKey)) throw invalid('Idempotency-Key');
  if (find(body, 'items') !== undefined) throw new RequestProblem('not_requestable', 'one item at a time');
  const question = readQuestion(body);
  const { point } = asking.asker;
  const bodyDigest = sha256(canonicalJson(body));
  const known =
    idempotencyKey === undefined ? undefined : await findAccessRequest(context, point.id, { idempotencyKey });
  if (known !== undefined) return repeat(context, known, bodyDigest);
  const denial = await readDenial(context, asking, question, find(body, 'denial'));
  const before = await findAccessRequest(context, point.id, { evaluationId: denial.evaluationId });
  if (before !== undefined) return answer(context, before);
  const approvalId = await ask(context, asking, question, denial);
  const row: AccessRequestRow = {
    id: context.platform.newId('arq'),
    enforcement_point_id: point.id,
    approval_id: approvalId,
    evaluation_id: denial.evaluationId,
    binding_hash: denial.bindingHash,
    question: JSON.stringify({ members: denial.members }),
    idempotency_key: idempotencyKey ?? null,
    body_digest: bodyDigest,
    created_at: context.platform.now(),
  };
  try {
    await saveAccessRequest(context, row);
  } catch (thrown) {
    // Two at once with the same key or the same denial: the approval is one, and so is the request.
    const other = await findAccessRequest(context, point.id, { evaluationId: denial.evaluationId });
    if (thrown instanceof UniqueViolation && other !== undefined) return answer(context, other);
    throw thrown instanceof UniqueViolation ? new RequestProblem('duplicate_request') : thrown;
  }
  const saved = await findAccessRequest(context, point.id, { id: row.id });
  if (saved === undefined) throw new AppError('server.internal');
  return answer(context, saved);
}

function repeat(context: Context, known: AccessRequest, bodyDigest: string): Promise<Submitted> {
  if (known.bodyDigest !== bodyDigest) throw new RequestProblem('duplicate_request');
  return answer(context, known);
}

async function answer(context: Context, request: AccessRequest): Promise<Submitted> {
  const told = await describeTask(context, request);
  const location = `${accessRequestEndpoint(context.tokens.issuer)}/${request.id}`;
  return { ...told, status: 202, headers: { location } };
}

interface Denial {
  readonly evaluationId: string;
  readonly actionId: string;
  readonly bindingHash: string;
  readonly members: readonly string[];
}

/** The sealed proof of what was denied: of this caller, for this very question, and still fresh. */
async function readDenial(
  context: Context,
  { asker }: Asking,
  question: Question,
  given: unknown,
): Promise<Denial> {
  const refuse = () => new RequestProblem('invalid_denial_binding');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw refuse();
  const denial = given as JsonObject;
  const claims = await unseal(context, 'authzen-denial+jwt', find(denial, 'binding_token'));
  if (claims === undefined || claims.client !== asker.point.id) throw refuse();
  const { evaluation_id, action, binding_hash, binding_context_members, exp } = claims;
  if (typeof evaluation_id !== 'string' || typeof action !== 'string' || typeof exp !== 'number')
    throw refuse();
  if (typeof binding_hash !== 'string' || !Array.isArray(binding_context_members)) throw refuse();
  if ((find(denial, 'evaluation_id') ?? evaluation_id) !== evaluation_id) throw refuse();
  if (find(denial, 'expires_at') !== claims.denial_expires_at) throw refuse();
  if (!isBoundTo(question, claims)) throw refuse();
  if (context.platform.now() >= exp * 1000) throw new RequestProblem('expired_denial');
  const members = binding_context_members.filter((name) => typeof name === 'string');
  return { evaluationId: evaluation_id, actionId: action, bindingHash: binding_hash, members };
}

async function ask(context: Context, asking: Asking, question: Question, denial: Denial): Promise<string> {
  if (!isAboutAgent(question)) throw new RequestProblem('not_requestable');
  const call = readCall(context, asking, question);
  if (typeof call === 'string') throw new RequestProblem('not_requestable');
  try {
    const asked = { ...call, id: denial.actionId };
    return (await requestAskedApproval(context, asked, denial.evaluationId)).id;
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.entry.status >= 500 || error.entry.status === 429) throw error;
    throw new RequestProblem('not_requestable', error.code);
  }
}
