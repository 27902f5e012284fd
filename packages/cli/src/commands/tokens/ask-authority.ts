import {
  type AskingOptions,
  askingOptions,
  openAskingAgent,
  readAskOptions,
  waitForAnswer,
} from '../../asking-options.ts';
import { defineCommand } from '../../command.ts';
import { type LimitOptions, limitOptions, readLimits } from '../../limit-options.ts';

interface AskAuthorityOptions extends AskingOptions, LimitOptions {
  readonly purpose: string;
}

export const askAuthority = defineCommand<AskAuthorityOptions>({
  usage: 'ask-authority',
  summary: 'as an agent, ask a person to delegate to it, wait, and open a task under what they gave',
  options: [
    ...askingOptions,
    { flags: '--purpose <text>', summary: 'what it is for', required: true },
    ...limitOptions,
  ],
  examples: [
    "tokens ask-authority --agent agt_… --key bot.key --person ada@house.example --purpose 'Pay March' --allow 'payments/*'",
  ],
  async run(session, options) {
    const agent = await openAskingAgent(session, options);
    const { purpose } = options;
    const limits = { ...readLimits(options, session.now()) };
    const asked = await agent.askForAuthority({ ...readAskOptions(options), purpose, limits });
    const { id, facts } = await waitForAnswer(session, asked);
    session.print.line({ event: 'given', task: facts }, `Given. Task ${id} is open.`);
    session.print.next(`tasks end ${id}`);
    return undefined;
  },
});
