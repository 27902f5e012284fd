import { type AppError, toAppError } from '@countersign/api';

/** Refusals of the caller itself, or of this server: no answer about the call. */
export function isAnswer(error: AppError): boolean {
  return !error.code.startsWith('token.') && !error.code.startsWith('server.');
}

/** What a model reads: why, and that another way is none. */
export function writeRefusal(thrown: unknown): string {
  const { code, detail, entry } = toAppError(thrown);
  return `REFUSED ${code}: ${entry.caller}${detail === undefined ? '' : ` (${detail})`}`;
}
