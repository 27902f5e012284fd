import { errors } from '@countersign/api';
import { CliError } from './cli-error.ts';
import { exitCodeOf, isErrorCode, RemoteError } from './control/remote-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { writeHonestJson } from './output/honest-json.ts';
import { showHonestly, showLines } from './output/honest-text.ts';

export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly fix?: string;
  /** The page about this code. */
  readonly page?: string;
  readonly requestId?: string;
}

/** What went wrong, for standard error, and the exit code that says it to scripts. */
export function reportError(
  thrown: unknown,
  json: boolean,
): { text: string; error: ReportedError; exitCode: ExitCode } {
  const { error, exitCode } = describeError(thrown);
  if (json) return { text: writeHonestJson({ error }), error, exitCode };
  const lines = [`error: ${error.code}: ${showHonestly(error.message)}`];
  if (error.detail !== undefined) lines.push(`  ${showHonestly(error.detail)}`);
  if (error.fix !== undefined) lines.push(`  fix: ${error.fix}`);
  if (error.page !== undefined) lines.push(`  see ${error.page}`);
  if (error.requestId !== undefined) lines.push(`  request ${showHonestly(error.requestId)}`);
  // Nobody expected this one: where it came from helps whoever reports it.
  if (exitCode === exitCodes.unexpected && thrown instanceof Error)
    lines.push(showLines(thrown.stack ?? '', '  '));
  return { text: lines.join('\n'), error, exitCode };
}

function describeError(thrown: unknown): { error: ReportedError; exitCode: ExitCode } {
  if (thrown instanceof CliError) {
    const fix = thrown.fix === undefined ? {} : { fix: thrown.fix };
    return { error: { code: 'cli.refused', message: thrown.message, ...fix }, exitCode: thrown.exitCode };
  }
  if (thrown instanceof RemoteError) {
    const { code, message, detail, requestId, status } = thrown;
    const facts = {
      ...(detail === undefined ? {} : { detail }),
      ...(requestId === undefined ? {} : { requestId }),
    };
    return { error: { code, message, ...facts, ...findPage(code) }, exitCode: exitCodeOf(code, status) };
  }
  const coded = readCoded(thrown);
  if (coded !== undefined) return coded;
  if (thrown instanceof TypeError && thrown.message === 'fetch failed') {
    const fix = 'is the server still running?';
    return {
      error: { code: 'cli.unreachable', message: 'the server does not answer', fix },
      exitCode: exitCodes.remote,
    };
  }
  const message = thrown instanceof Error ? thrown.message : 'something unexpected was thrown';
  return { error: { code: 'cli.unexpected', message }, exitCode: exitCodes.unexpected };
}

/** `AppError` of a server in this process and `CountersignError` of the SDK carry a code of the table. */
function readCoded(thrown: unknown): { error: ReportedError; exitCode: ExitCode } | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  const { code } = thrown;
  if (!isErrorCode(code)) return undefined;
  const entry = errors[code];
  const detail = 'detail' in thrown && typeof thrown.detail === 'string' ? { detail: thrown.detail } : {};
  const exitCode = code === 'config.invalid' ? exitCodes.usage : exitCodeOf(code, entry.status);
  return { error: { code, message: entry.operator, ...detail, ...findPage(code) }, exitCode };
}

function findPage(code: string): { page?: string } {
  return isErrorCode(code) ? { page: `docs/errors/${code}.md` } : {};
}
