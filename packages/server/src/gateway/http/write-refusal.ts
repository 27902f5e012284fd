import { type AppError, AppError as Refusal } from '@countersign/api';
import type { Outcome } from '../../actions/index.ts';
import type { AnswerParts } from './write-answer.ts';

/** RFC 9457, as the control plane has it, with what a program can act on. */
export function writeRefusal(parts: Omit<AnswerParts, 'root'>, error: AppError): void {
  const { code, detail, entry, headers = {}, data } = error;
  const problem = {
    ...data,
    type: `urn:countersign:error:${code}`,
    title: entry.caller,
    status: entry.status,
    code,
    ...(detail === undefined ? {} : { detail }),
    retryable: entry.retryable,
  };
  const retry = entry.status === 429 || entry.status === 503 ? { 'retry-after': '1' } : {};
  writeProblem(parts, entry.status, { ...retry, ...headers }, problem);
}

const pendingSeconds = 5;

/**
 * Tells that a person was asked. Not 202: nothing goes on by itself, and a program that takes any 2xx for done would
 * think so. The same request, sent again after the approval, goes through.
 */
export function writePending(parts: Omit<AnswerParts, 'root'>, pending: Outcome & { kind: 'pending' }): void {
  const { approval, link, decisionRecord } = pending;
  const { entry, code } = new Refusal('action.pending');
  const { id, expiresAt, matchCode } = approval;
  writeProblem(
    parts,
    entry.status,
    { 'retry-after': String(pendingSeconds) },
    {
      type: `urn:countersign:error:${code}`,
      title: entry.caller,
      status: entry.status,
      code,
      detail: `A person was asked to approve this exact request (code ${matchCode}). It has not been sent on.`,
      retryable: true,
      approval: { id, link, expiresAt, matchCode },
      decision: decisionRecord,
    },
  );
}

function writeProblem(
  { response, standing }: Omit<AnswerParts, 'root'>,
  status: number,
  headers: Readonly<Record<string, string>>,
  problem: object,
): void {
  if (response.headersSent || response.destroyed) {
    // Half of an answer has gone out: the caller sees that it is not whole.
    response.destroy();
    return;
  }
  const body = JSON.stringify(problem);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  response.writeHead(status, {
    ...standing(),
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    ...Object.fromEntries(lower),
  });
  response.end(body);
}
