import { AppError, type ErrorCode, toAppError } from '@countersign/api';
import { z } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import { describeIssue } from './create-routes.ts';

/** RFC 9457 problem details. `type` names the error's page, docs/errors/<code>.md. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly requestId: string;
}

export function createProblemResponse(error: AppError, requestId: string): Response {
  const { status, caller } = error.entry;
  const problem: Problem = {
    type: `urn:countersign:error:${error.code}`,
    title: caller,
    status,
    code: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    requestId,
  };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { ...error.headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}

/** Whatever a handler threw, as a typed error: only unexpected ones are logged whole, none is told to the caller. */
export function readThrown(thrown: unknown, log: Logger, requestId: string): AppError {
  if (thrown instanceof z.ZodError)
    return new AppError('server.request_invalid', { detail: describeIssue(thrown) });
  if (isHttpException(thrown)) {
    // Hono's own refusals: a body that is not JSON, a parameter that cannot be decoded.
    return new AppError(thrown.status === 404 ? 'server.not_found' : 'server.request_invalid');
  }
  const error = toAppError(thrown);
  if (error.code === 'server.internal') log.error({ err: error.cause ?? error, requestId }, 'request failed');
  return error;
}

function isHttpException(thrown: unknown): thrown is Error & { readonly status: number } {
  return (
    thrown instanceof Error && 'getResponse' in thrown && 'status' in thrown && Number(thrown.status) < 500
  );
}
