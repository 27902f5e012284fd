import type { ExitCode } from './exit-codes.ts';
import type { Session } from './session.ts';

export interface OptionDefinition {
  /** As commander writes them: `--purpose <text>`. */
  readonly flags: string;
  readonly summary: string;
  readonly required?: true;
  /** Throws `CliError` for a value that is not acceptable. `earlier` is what the same option gave before. */
  readonly parse?: (value: string, earlier: unknown) => unknown;
  readonly initial?: unknown;
  readonly choices?: readonly string[];
}

/** One command: what `countersign <noun> <verb>` takes and does. */
export interface CommandDefinition<Options = never> {
  /** The verb and its operands: `show <agent>`. A last one in `...` takes many. */
  readonly usage: string;
  readonly summary: string;
  /** It is what the noun alone does. */
  readonly isDefault?: true;
  readonly options?: readonly OptionDefinition[];
  /** Command lines without `countersign`, shown by `--help`. */
  readonly examples?: readonly string[];
  /** Ends with `exitCodes.done` unless it returns another code. */
  run(session: Session, options: Options, ...operands: readonly string[]): Promise<ExitCode | undefined>;
}

/** Gives a definition the type of its options. */
export function defineCommand<Options>(definition: CommandDefinition<Options>): CommandDefinition<Options> {
  return definition;
}
