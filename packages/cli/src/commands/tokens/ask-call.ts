import {
  type AskingOptions,
  askingOptions,
  openAskingAgent,
  readAskOptions,
  waitForAnswer,
} from '../../asking-options.ts';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { readJsonFile } from '../../parse-options.ts';

interface AskCallOptions extends AskingOptions {
  readonly arguments: string;
  readonly delegation?: string;
}

export const askCall = defineCommand<AskCallOptions>({
  usage: 'ask-call <upstream> <tool>',
  summary: 'as an agent, ask that one exact call may happen, wait, and make it once',
  options: [
    ...askingOptions,
    { flags: '--arguments <file>', summary: 'a JSON object, sent exactly so', required: true },
    { flags: '--delegation <delegation>', summary: "the agent's default when absent" },
  ],
  async run(session, options, upstream = '', tool = '') {
    const given = readJsonFile(options.arguments);
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw new CliError(`${options.arguments} holds no JSON object`);
    const agent = await openAskingAgent(session, options);
    const { delegation } = options;
    const asked = await agent.askForCall({
      ...readAskOptions(options),
      ...(delegation === undefined ? {} : { delegationId: delegation }),
      ...{ upstream, tool, arguments: given as Readonly<Record<string, unknown>> },
    });
    const call = await waitForAnswer(session, asked);
    const result = await call.run(session.signal);
    session.print.line({ event: 'called', result }, showHonestly(JSON.stringify(result)));
    return result.isError === true ? exitCodes.denied : undefined;
  },
});
