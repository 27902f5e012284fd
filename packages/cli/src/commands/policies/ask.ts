import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { ShownText } from '../../output/printer.ts';
import { findAgentId } from '../agents/agent.ts';

interface AskOptions {
  readonly agent: string;
  readonly tool: string;
  readonly task?: string;
  readonly arguments: string;
  readonly expect?: string;
}

interface PolicyAnswer {
  readonly effect: string;
  readonly version: string;
  readonly reasons: readonly { readonly code: string }[];
  readonly policies: readonly {
    readonly id: string;
    readonly effect: string;
    readonly description: string | null;
  }[];
  readonly requirement: { readonly approvers: readonly string[]; readonly quorum: number } | null;
  readonly argumentsFlaw: string | null;
}

const effects = ['allow', 'step_up', 'deny'] as const;

export const askPolicies = defineCommand<AskOptions>({
  usage: 'ask',
  summary: 'what the policies in force say of a call, without anything being done or recorded',
  options: [
    { flags: '--agent <agent>', summary: 'id or name', required: true },
    { flags: '--tool <tool>', summary: '<upstream>/<tool>', required: true },
    { flags: '--task <task>', summary: 'an open task of the agent (default: an imagined one)' },
    { flags: '--arguments <json>', summary: 'of the call', initial: '{}' },
    { flags: '--expect <effect>', summary: 'end with exit code 4 for any other', choices: effects },
  ],
  examples: [
    "policies ask --agent invoice-bot --tool payments/send_payment --arguments '{…}' --expect step_up",
  ],
  async run(session, { agent, tool, task, expect, ...options }) {
    const slash = tool.indexOf('/');
    if (slash < 1) throw new CliError(`${tool} is not <upstream>/<tool>`);
    const body = {
      agentId: await findAgentId(session.api(), agent),
      upstream: tool.slice(0, slash),
      target: tool.slice(slash + 1),
      arguments: parseArguments(options.arguments),
      ...(task === undefined ? {} : { taskId: task }),
    };
    const answer = await session.api().send<PolicyAnswer>('POST', '/v1/policies/ask', body);
    session.print.item(answer, [
      ['EFFECT', ({ effect }) => effect],
      ['REASONS', ({ reasons }) => reasons.map(({ code }) => code)],
      ['POLICIES', describePolicies],
      [
        'ASKED',
        ({ requirement }) => requirement && `${requirement.quorum} of ${requirement.approvers.join(', ')}`,
      ],
      ['ARGUMENTS', ({ argumentsFlaw }) => argumentsFlaw ?? 'fit the schema'],
      ['VERSION', ({ version }) => version],
    ]);
    return expect === undefined || expect === answer.effect ? exitCodes.done : exitCodes.verificationFailed;
  },
});

function describePolicies({ policies }: PolicyAnswer): ShownText {
  return new ShownText(
    policies
      .map(({ id, effect, description }) => showHonestly(`${effect} ${id}: ${description ?? '-'}`))
      .join('\n'),
  );
}

function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError('--arguments is not JSON', { cause });
  }
}
