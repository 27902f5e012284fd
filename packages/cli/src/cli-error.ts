import { type ExitCode, exitCodes } from './exit-codes.ts';

/** A refusal of the command line itself. `fix` is what to do about it, often a command. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly fix: string | undefined;

  constructor(message: string, options: { exitCode?: ExitCode; fix?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.exitCode = options.exitCode ?? exitCodes.usage;
    this.fix = options.fix;
  }
}
