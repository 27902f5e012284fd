import type { IncomingMessage } from 'node:http';
import { type AccessRequest, findAccessRequest } from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import type { Asking } from '../answer-question.ts';
import type { HttpAnswer } from '../http-answer.ts';
import { readJsonBody } from '../read-json-body.ts';
import { cancelRequest } from './cancel-request.ts';
import { describeTask } from './describe-task.ts';
import { RequestProblem } from './request-problem.ts';
import { submitRequest } from './submit-request.ts';

export const requestsPath = '/access/v1/requests';

/** Access requests: made, looked at and withdrawn, each by the enforcement point that made them. */
export async function serveRequests(
  context: Context,
  asking: Asking,
  request: IncomingMessage,
  path: string,
): Promise<HttpAnswer | undefined> {
  try {
    return await answer(context, asking, request, path.slice(requestsPath.length));
  } catch (thrown) {
    if (!(thrown instanceof RequestProblem)) throw thrown;
    const headers = { 'content-type': 'application/problem+json' };
    return { status: thrown.status, headers, body: thrown.body };
  }
}

async function answer(
  context: Context,
  asking: Asking,
  request: IncomingMessage,
  rest: string,
): Promise<HttpAnswer | undefined> {
  if (rest === '' && request.method === 'POST') {
    const { 'idempotency-key': key } = request.headers;
    return submitRequest(
      context,
      asking,
      await readJsonBody(request),
      typeof key === 'string' ? key : undefined,
    );
  }
  const [, id = '', cancel] = /^\/([\w]+)(\/cancel)?$/.exec(rest) ?? [];
  if (id === '') return undefined;
  if (cancel === undefined && request.method === 'GET') {
    return { status: 200, ...(await describeTask(context, await requireRequest(context, asking, id))) };
  }
  if (cancel !== undefined && (request.method === 'POST' || request.method === 'DELETE')) {
    return { status: 200, ...(await cancelRequest(context, await requireRequest(context, asking, id))) };
  }
  return undefined;
}

async function requireRequest(context: Context, { asker }: Asking, id: string): Promise<AccessRequest> {
  const found = await findAccessRequest(context, asker.point.id, { id });
  if (found === undefined) throw new RequestProblem('unknown_task');
  return found;
}
