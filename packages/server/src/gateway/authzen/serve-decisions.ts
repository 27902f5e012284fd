import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { AskingFront } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { type Decider, verifyDecider } from '../../tokens/index.ts';
import { listHeaderValues } from '../mcp/index.ts';
import type { Asking } from './answer-question.ts';
import { describeDecisionPoint } from './endpoints.ts';
import { forwardPath, serveForward } from './forward/serve-forward.ts';
import type { HttpAnswer } from './http-answer.ts';
import { readJsonBody } from './read-json-body.ts';
import { requestsPath, serveRequests } from './requests/serve-requests.ts';
import { answerActionSearch, answerResourceSearch, answerSubjectSearch } from './search/index.ts';
import { answerData, dataPath } from './serve-data.ts';
import { answerEvaluation, answerEvaluations } from './serve-evaluations.ts';

const metadataPath = '/.well-known/authzen-configuration';

type Answering = (context: Context, asking: Asking, body: JsonObject) => Promise<object>;

const endpoints = new Map<string, Answering>([
  ['/access/v1/evaluation', answerEvaluation],
  ['/access/v1/evaluations', answerEvaluations],
  ['/access/v1/search/subject', answerSubjectSearch],
  ['/access/v1/search/resource', answerResourceSearch],
  ['/access/v1/search/action', answerActionSearch],
]);

/** Whether a request is for this door, by its path alone. */
export function isForDecisions(url: string): boolean {
  return url.startsWith('/access/') || url.startsWith(dataPath) || url.startsWith(metadataPath);
}

/**
 * Serves AuthZEN 1.0 on bare `node:http`, because a decision here is on somebody's hot path: translates, asks the path,
 * translates back, decides nothing. `standing` are the headers that every answer of the server carries.
 */
export function createDecisionDoor(
  context: Context,
  standing: Readonly<Record<string, string>>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void serve(context, request).then(
      (answer) => send(response, { ...standing, ...standingHeaders(context, request) }, answer),
      (thrown: unknown) =>
        refuse(context, { ...standing, ...standingHeaders(context, request) }, response, thrown),
    );
  };
}

async function serve(context: Context, request: IncomingMessage): Promise<HttpAnswer> {
  const [path = ''] = (request.url ?? '').split('?');
  const { issuer } = context.tokens;
  if (path === `${metadataPath}${new URL(issuer).pathname.replace(/\/$/, '')}`) {
    requireMethod(request, 'GET');
    const headers = { 'cache-control': 'max-age=60' };
    return { status: 200, headers, body: describeDecisionPoint(issuer) };
  }
  if (path.startsWith(forwardPath)) return serveForward(context, request);
  if (path === requestsPath || path.startsWith(`${requestsPath}/`)) {
    const served = await serveRequests(
      context,
      await authenticate(context, request, 'authzen'),
      request,
      path,
    );
    if (served === undefined) throw new AppError('server.not_found');
    return served;
  }
  if (path.startsWith(dataPath)) {
    requireMethod(request, 'POST');
    const asking = await authenticate(context, request, 'opa');
    const body = await answerData(context, asking, path.slice(dataPath.length), await readJsonBody(request));
    return { status: 200, body };
  }
  const answer = endpoints.get(path);
  if (answer === undefined) throw new AppError('server.not_found');
  requireMethod(request, 'POST');
  const asking = await authenticate(context, request, 'authzen');
  return { status: 200, body: await answer(context, asking, await readJsonBody(request)) };
}

/** Who asks, before anything of the body is read. */
export async function authenticate(
  context: Context,
  request: IncomingMessage,
  front: AskingFront,
): Promise<Asking> {
  const decider: Decider = await verifyDecider(context, {
    authorization: listHeaderValues(request.rawHeaders, 'authorization'),
    dpop: listHeaderValues(request.rawHeaders, 'dpop'),
    certificate: context.tokens.findCertificate(request),
    method: request.method ?? '',
    // From the configured URL: the Host header is the caller's to choose.
    url: `${context.config.server.publicUrl}${(request.url ?? '').split('?')[0]}`,
  });
  return { asker: { point: decider.point, jti: decider.jti }, front };
}

export function requireMethod(request: IncomingMessage, method: string): void {
  if (request.method !== method)
    throw new AppError('action.http_method_refused', { headers: { allow: method } });
}

/** AuthZEN 1.0 §12.1.3: the caller's own name for the request comes back. */
function standingHeaders(context: Context, request: IncomingMessage): Readonly<Record<string, string>> {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given) ? given : undefined;
  const made = id ?? Buffer.from(context.platform.randomBytes(12)).toString('base64url');
  return { 'x-request-id': made, 'dpop-nonce': context.tokens.nextNonce() };
}

function send(
  response: ServerResponse,
  standing: Readonly<Record<string, string>>,
  { status, headers: own = {}, body }: HttpAnswer,
): void {
  // In one spelling, or a header that an error brings would stand beside the standing one.
  const named = Object.entries({ ...standing, ...own }).map(([name, value]) => [name.toLowerCase(), value]);
  const headers: Record<string, string> = Object.fromEntries(named);
  if (body === null) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  const text = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  headers['content-type'] ??= typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { ...headers, 'content-length': text.length });
  response.end(text);
}

/** §12.1.2: an error is a message; it says what is wrong with the request and nothing of the policies. */
function refuse(
  context: Context,
  standing: Readonly<Record<string, string>>,
  response: ServerResponse,
  thrown: unknown,
): void {
  const error = toAppError(thrown);
  if (error.code === 'server.internal') context.log.error({ err: error.cause ?? error }, 'a decision failed');
  const { status, caller } = error.entry;
  const body = error.detail === undefined ? caller : `${caller} (${error.detail})`;
  send(response, standing, {
    status,
    headers: { ...error.headers, 'x-countersign-error': error.code, connection: 'close' },
    body,
  });
}
