import { type ErrorCode, type ErrorEntry, errors } from './errors.ts';

/** A refusal with a code from the error table. `detail` is shown to the caller: never put a secret, token or prompt in it. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** Response headers a front door adds, such as `WWW-Authenticate` and `DPoP-Nonce`. */
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(
    code: ErrorCode,
    options: {
      detail?: string;
      data?: Readonly<Record<string, unknown>>;
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(options.detail ? `${code}: ${options.detail}` : code, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
    this.data = options.data;
    this.headers = options.headers;
  }

  get entry(): ErrorEntry {
    return errors[this.code];
  }
}

/** What is thrown may be anything: everything but an `AppError` becomes `server.internal`, whose text says nothing. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : new AppError('server.internal', { cause: thrown });
}
