import { type ErrorCode, errors } from '@countersign/api';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** A refusal by the server, as problem details (RFC 9457) or an OAuth error say it. */
export class RemoteError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;

  constructor(problem: { code: string; title: string; status: number; detail?: string; requestId?: string }) {
    super(problem.title);
    this.name = 'RemoteError';
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.requestId = problem.requestId;
  }
}

/** Reads a refusal, which need not come from Countersign: a proxy in between may have answered. */
export async function readRemoteError(response: Response): Promise<RemoteError> {
  const body = parse(await response.text().catch(() => ''));
  const code = pick(body, 'code') ?? pick(body, 'error') ?? `http.${response.status}`;
  const title = pick(body, 'title') ?? pick(body, 'error_description');
  const detail = pick(body, 'detail');
  const requestId = pick(body, 'requestId');
  return new RemoteError({
    code,
    title: title ?? (response.statusText || `status ${response.status}`),
    status: response.status,
    ...(detail === undefined ? {} : { detail }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}

export function exitCodeOf(code: string, status: number): ExitCode {
  if (code === 'policy.invalid') return exitCodes.policyInvalid;
  if (code === 'action.pending' || code === 'token.ask_expired') return exitCodes.pending;
  if (code === 'server.request_invalid' || code.startsWith('exposure.drill_')) return exitCodes.usage;
  return status === 401 || status === 403 ? exitCodes.denied : exitCodes.remote;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function pick(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
