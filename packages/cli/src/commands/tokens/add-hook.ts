import { CliError } from '../../cli-error.ts';
import { hookVariable } from '../../clients/claude-code-hooks.ts';
import { defineCommand } from '../../command.ts';
import { collect, parseDuration } from '../../parse-options.ts';
import { type EnforcementPointFacts, enforcementPointFields } from './enforcement-point-facts.ts';

interface Options {
  readonly agent?: string;
  readonly upstream?: string;
  readonly for?: number;
  readonly prompts: string;
  readonly gatewayServer: readonly string[];
}

interface Added extends EnforcementPointFacts {
  readonly secret: string;
}

const prompts = ['first', 'each'] as const;

export const addHook = defineCommand<Options>({
  usage: 'add-hook <name>',
  summary:
    'give a program that asks through hooks a secret, good for asking about one agent and nothing else',
  options: [
    { flags: '--agent <id>', summary: 'whose calls it asks about' },
    { flags: '--upstream <name>', summary: 'the upstream that stands for its tools' },
    {
      flags: '--for <duration>',
      summary: 'how long it is good for, at most 30d (default: 12h)',
      parse: parseDuration,
    },
    {
      flags: '--prompts <which>',
      summary: 'which prompts of a session count as what the person asked for: first, each',
      initial: 'first',
      choices: prompts,
    },
    {
      flags: '--gateway-server <name>',
      summary: "the client's name for an MCP server that is this gateway; many times",
      parse: collect,
      initial: [],
    },
  ],
  examples: ['tokens add-hook laptop --agent agt_… --upstream claude-code --gateway-server countersign'],
  async run(
    session,
    { agent, upstream, for: seconds = 12 * 3600, prompts: counted, gatewayServer },
    name = '',
  ) {
    if (agent === undefined || upstream === undefined) throw new CliError('say --agent and --upstream');
    const hours = Math.max(1, Math.floor(seconds / 3600));
    const hook = { agentId: agent, hours, prompts: counted, gatewayServers: gatewayServer };
    const body = { name, upstreams: [upstream], hook };
    const added = await session.api().send<Added>('POST', '/v1/tokens/enforcement-points', body);
    session.print.item(added, [...enforcementPointFields, ['SECRET, SHOWN ONCE', ({ secret }) => secret]]);
    session.print.note(
      `The program takes it from ${hookVariable}. It is a secret: an agent with a shell can read it.`,
    );
    return undefined;
  },
});
