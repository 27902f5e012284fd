import { Agent } from '@countersign/sdk';
import { readPrivateKey } from '../../agent-key-file.ts';
import { BridgeTask, GatewayLink, serveBridge } from '../../bridge/index.ts';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { parseDuration, readTextFile } from '../../parse-options.ts';

interface BridgeOptions {
  readonly agent: string;
  readonly key?: string;
  readonly purpose: string;
  readonly promptFile?: string;
  readonly delegation?: string;
  readonly ttl: number;
}

export const bridgeStdio = defineCommand<BridgeOptions>({
  usage: 'mcp-stdio <upstream>',
  summary:
    'bridge a stdio MCP client that cannot prove possession to an upstream, as an agent in a task of its own',
  options: [
    { flags: '--agent <agent>', summary: 'the id of the agent', required: true },
    { flags: '--key <file>', summary: "the agent's private key, a JWK (COUNTERSIGN_AGENT_KEY_FILE)" },
    { flags: '--purpose <text>', summary: 'of the task', initial: 'A session over the stdio bridge' },
    { flags: '--prompt-file <file>', summary: 'what the agent was asked, kept as evidence' },
    { flags: '--delegation <delegation>', summary: "the agent's default when absent" },
    {
      flags: '--ttl <duration>',
      summary: 'of the task, at most 1h; a longer session opens another',
      parse: parseDuration,
      initial: 3600,
    },
  ],
  examples: ['mcp-stdio files --agent agt_… --key agent.key --purpose "Read the notes"'],
  // Standard output carries the protocol and nothing else.
  async run(session, options, upstream = '') {
    const keyFile = options.key ?? session.environment.COUNTERSIGN_AGENT_KEY_FILE;
    if (keyFile === undefined)
      throw new CliError('name the key of the agent with --key or COUNTERSIGN_AGENT_KEY_FILE');
    const { agent: agentId, purpose, promptFile, delegation, ttl } = options;
    const agent = await Agent.create({ url: session.serverUrl(), agentId, key: readPrivateKey(keyFile) });
    const task = new BridgeTask({
      agent,
      now: session.now,
      onOpened: ({ id }) => session.print.note(`countersign: task ${id} is open`),
      input: {
        purpose,
        ttlSeconds: ttl,
        ...(promptFile === undefined ? {} : { prompt: readTextFile(promptFile) }),
        ...(delegation === undefined ? {} : { delegationId: delegation }),
      },
    });
    // Before the first message: an agent that may not work says so at once.
    await task.current();
    try {
      await serveBridge(session.streams, {
        link: new GatewayLink(task, upstream),
        ended: session.signal,
        onPending: (page) => session.print.note(`countersign: a person has to decide: ${showHonestly(page)}`),
      });
    } finally {
      await task.end();
    }
    return undefined;
  },
});
