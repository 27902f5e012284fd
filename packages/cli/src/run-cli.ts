import { Command, CommanderError, Option } from 'commander';
import type { CommandDefinition, OptionDefinition } from './command.ts';
import { type ExitCode, exitCodeHelp, exitCodes } from './exit-codes.ts';
import { nouns } from './nouns.ts';
import { reportError } from './report-error.ts';
import { createSession, type GlobalOptions, type Streams } from './session.ts';
import { version } from './version.ts';

export interface CliParts {
  readonly streams: Streams;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** Runs one command line, without the program's name. Never throws. */
export async function runCli(words: readonly string[], parts: CliParts): Promise<ExitCode> {
  const { stdout, stderr } = parts.streams;
  const outcome: { exitCode: ExitCode } = { exitCode: exitCodes.done };
  try {
    const program = createProgram(parts);
    await mountCommands(program, words, parts, outcome);
    await program.parseAsync([...words], { from: 'user' });
    return outcome.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    // A reader such as `head` that has seen enough is no error.
    if (isClosedPipe(thrown)) return exitCodes.done;
    if (parts.signal.aborted) return exitCodes.unexpected;
    const { text, exitCode } = reportError(thrown, words.includes('--json'));
    stderr.write(`${text}\n`);
    return exitCode;
  } finally {
    if (stdout.writableNeedDrain) await new Promise((resolve) => stdout.once('drain', resolve));
  }
}

function createProgram({ streams }: CliParts): Command {
  return new Command('countersign')
    .description('Runtime authorization for AI agents: allow, ask a person, or refuse, at each action.')
    .version(version, '--version')
    .option('--url <url>', 'where the server is (COUNTERSIGN_URL)')
    .option('--data <folder>', "the server's data folder (COUNTERSIGN_DATA, default ./.countersign)")
    .option('--json', 'data as JSON for programs')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    });
}

const takesValue = new Set(['--url', '--data']);

/** Mounts every noun by name, and the commands of the one that is named. */
async function mountCommands(
  program: Command,
  words: readonly string[],
  parts: CliParts,
  outcome: { exitCode: ExitCode },
): Promise<void> {
  const named = words.find((word, index) => !word.startsWith('-') && !takesValue.has(words[index - 1] ?? ''));
  for (const [name, noun] of Object.entries(nouns)) {
    const commands = name === named ? (await noun.load()).commands : [];
    const first = commands[0];
    if (noun.isVerb === true) {
      const command = program.command(first === undefined ? name : first.usage).description(noun.summary);
      if (first !== undefined) mount(command, first, parts, outcome);
      continue;
    }
    const group = program.command(name).description(noun.summary);
    for (const definition of commands) {
      const command = group.command(definition.usage, { isDefault: definition.isDefault === true });
      mount(command, definition, parts, outcome);
    }
  }
}

function mount(
  command: Command,
  definition: CommandDefinition,
  parts: CliParts,
  outcome: { exitCode: ExitCode },
): void {
  command.description(definition.summary);
  for (const option of definition.options ?? []) command.addOption(createOption(option));
  const examples = (definition.examples ?? []).map((line) => `  countersign ${line}`);
  if (examples.length > 0) command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
  command.action(async () => {
    const options: GlobalOptions = command.optsWithGlobals();
    const operands = command.processedArgs.flat().filter((operand) => operand !== undefined);
    // Commander has parsed the options as the definition asks; it cannot know their type.
    const exitCode = await definition.run(createSession(options, parts), options as never, ...operands);
    outcome.exitCode = exitCode ?? exitCodes.done;
  });
}

function createOption({ flags, summary, required, parse, initial, choices }: OptionDefinition): Option {
  const option = new Option(flags, summary);
  if (required === true) option.makeOptionMandatory();
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) option.argParser(parse);
  if (initial !== undefined) option.default(initial);
  return option;
}

function isClosedPipe(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPIPE';
}
