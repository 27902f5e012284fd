import { AppError } from '@countersign/api';
import type { Outcome } from '../../actions/index.ts';
import type { ModelProvider } from '../../upstreams/index.ts';
import type { AnswerParts } from '../http/index.ts';

type Parts = Omit<AnswerParts, 'root'>;

/** In the words that clients of the provider read, with what a program can act on beside them. */
export function writeRefusal(parts: Parts, provider: ModelProvider | undefined, error: AppError): void {
  const { code, detail, entry, headers = {}, data } = error;
  const about = { code, ...(detail === undefined ? {} : { detail }), ...data, retryable: entry.retryable };
  const isPassing = entry.status === 429 || entry.status === 503;
  const retry = { ...(isPassing ? { 'retry-after': '1' } : {}), 'x-should-retry': String(isPassing) };
  const message = detail === undefined ? entry.caller : `${entry.caller} (${detail})`;
  write(parts, provider, { status: entry.status, headers: { ...retry, ...headers }, message, about });
}

const pendingSeconds = 5;

/** Tells that a person was asked. The same request, sent again after the approval, goes through. */
export function writePending(
  parts: Parts,
  provider: ModelProvider | undefined,
  { approval, link, decisionRecord }: Outcome & { kind: 'pending' },
): void {
  const { entry, code } = new AppError('action.pending');
  const { id, expiresAt, matchCode } = approval;
  write(parts, provider, {
    status: entry.status,
    headers: { 'retry-after': String(pendingSeconds), 'x-should-retry': 'false' },
    message: `A person was asked to approve this exact request (code ${matchCode}): ${link}`,
    about: { code, retryable: true, approval: { id, link, expiresAt, matchCode }, decision: decisionRecord },
  });
}

interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: string;
  readonly about: { readonly code: string; readonly [member: string]: unknown };
}

function write({ response, standing }: Parts, provider: ModelProvider | undefined, refused: Refused): void {
  if (response.headersSent || response.destroyed) {
    // Half of an answer has gone out: the caller sees that it is not whole.
    response.destroy();
    return;
  }
  const { status, message, about } = refused;
  const type = nameType(status);
  const error = { message, type, param: null, code: about.code };
  const body = JSON.stringify({
    ...(provider === 'anthropic' ? { type: 'error', error: { type, message } } : { error }),
    countersign: about,
  });
  const lower = Object.entries(refused.headers).map(([name, value]) => [name.toLowerCase(), value]);
  response.writeHead(status, {
    ...standing(),
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    ...Object.fromEntries(lower),
  });
  response.end(body);
}

/** As both providers call it. */
function nameType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}
