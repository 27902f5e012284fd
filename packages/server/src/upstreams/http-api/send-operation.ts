import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Dispatcher, Pool } from 'undici';
import { defaultStreamBytes } from '../answer-bounds.ts';
import { UpstreamChallenge } from '../credentials/minted.ts';
import type { UpstreamReply, UpstreamRequest, UpstreamSettings } from '../live-upstream.ts';
import { isJsonType } from './describe-body.ts';
import { openDeadline } from './open-deadline.ts';
import type { ApiOperation } from './operation.ts';
import { passOn } from './pass-on.ts';
import { readResult } from './read-result.ts';
import type { ApiRequest } from './render-request.ts';
import { selectHeaders } from './select-headers.ts';
import { streamUpload } from './stream-upload.ts';

export interface OutgoingCall {
  readonly pool: Pool;
  /** Of the API: everything goes below it. */
  readonly url: URL;
  readonly operation: ApiOperation;
  readonly rendered: ApiRequest;
  readonly request: UpstreamRequest;
  readonly settings: UpstreamSettings;
}

/** One HTTP request and its answer, which is trusted in nothing. Throws `upstream.*`; a cut rejects with its reason. */
export async function sendOperation(call: OutgoingCall): Promise<UpstreamReply> {
  const { request, operation, settings } = call;
  const deadline = openDeadline(request);
  try {
    const response = await call.pool.request({
      path: describePath(call),
      method: operation.method,
      headers: describeHeaders(call),
      ...describeBody(call),
      signal: deadline.signal,
    });
    response.body.on('error', () => {});
    const head = readHead(call, response);
    const { exchange } = request;
    const isWhole = isJsonType(head.type) || exchange === undefined || exchange.mustRead === true;
    const most = isWhole ? request.maxBytes : (settings.maxStreamBytes ?? defaultStreamBytes);
    if (operation.method === 'HEAD' || hasNoBody(head.status)) {
      await response.body.dump();
      return reply(request, { content: [] }, { ...head, body: 'none' });
    }
    if (isWhole || exchange === undefined) {
      const { result, body } = await readResult(response.body, { type: head.type, most });
      return reply(request, result, { ...head, body });
    }
    const result = await passOn(response.body, { ...head, exchange, deadline, most });
    return reply(request, result, { ...head, body: 'passed' });
  } catch (thrown) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw explain(thrown);
  } finally {
    deadline.close();
  }
}

function describePath({ url, rendered, request }: OutgoingCall): string {
  const own = Object.entries(request.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const query = [rendered.query, ...own].filter((part) => part !== '').join('&');
  return `${url.pathname.replace(/\/$/, '')}${rendered.path}${query === '' ? '' : `?${query}`}`;
}

/** Ours last and alone under their names: whatever an argument was called, it is never the credential. */
function describeHeaders({ rendered, request }: OutgoingCall): string[] {
  const { accept = 'application/json, */*;q=0.5', upload } = request.exchange ?? {};
  const headers = new Map<string, string>(rendered.headers);
  headers.set('accept', accept);
  headers.set('accept-encoding', 'identity');
  headers.set('user-agent', 'countersign');
  if (rendered.contentType !== null) headers.set('content-type', rendered.contentType);
  if (upload !== undefined) headers.set('content-length', String(upload.bytes));
  for (const [name, value] of Object.entries(request.headers)) headers.set(name.toLowerCase(), value);
  return [...headers].flat();
}

function describeBody({ rendered, request }: OutgoingCall): Pick<Dispatcher.RequestOptions, 'body'> {
  const upload = request.exchange?.upload;
  if (upload !== undefined) return { body: streamUpload(upload) };
  return rendered.body === null ? {} : { body: rendered.body };
}

function readHead(
  { url, operation }: OutgoingCall,
  { statusCode: status, headers }: Dispatcher.ResponseData,
) {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new AppError('upstream.lied', { detail: 'an encoded body that was not asked for' });
  // It is our credential that was refused, not the agent's: the answer is not passed on (RFC 9110, section 15.5.2).
  if (status === 401 || status === 407)
    throw new AppError('upstream.credential_refused', { cause: new UpstreamChallenge(undefined) });
  const selected = selectHeaders(headers, { url, answers: operation.answers });
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  if (isRedirect && !selected.some(([name]) => name === 'location'))
    throw new AppError('upstream.redirect_refused', { detail: `status ${status}` });
  const type = selected.find(([name]) => name === 'content-type')?.[1] ?? '';
  return { status, headers: selected, type: (type.split(';', 1)[0] ?? '').trim().toLowerCase() };
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function reply(
  { message }: UpstreamRequest,
  result: JsonObject,
  { status, headers, body }: NonNullable<UpstreamReply['http']>,
): UpstreamReply {
  const isError = status >= 400 ? { isError: true } : {};
  const _meta = { 'http/status': status };
  const whole = { resultType: 'complete', ...result, ...isError, _meta };
  return {
    response: { jsonrpc: '2.0', id: message.id ?? null, result: whole },
    raw: null,
    http: { status, headers, body },
  };
}

function explain(thrown: unknown): AppError {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1)
    if (error instanceof AppError) return error;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return new AppError(code === 'UND_ERR_HEADERS_OVERFLOW' ? 'upstream.result_too_large' : 'upstream.failed', {
    cause: thrown,
  });
}
