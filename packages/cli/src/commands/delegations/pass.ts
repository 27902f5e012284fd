import { Agent } from '@countersign/sdk';
import { readPrivateKey } from '../../agent-key-file.ts';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type LimitOptions, limitOptions, readNarrowing } from '../../limit-options.ts';
import { type Delegation, delegationDetailFields } from './delegation.ts';

interface PassOptions extends Omit<LimitOptions, 'expires'> {
  readonly agent: string;
  readonly key: string;
  readonly to: string;
  readonly purpose: string;
  readonly parent?: string;
  readonly task?: string;
  readonly expires?: number;
}

export const passDelegation = defineCommand<PassOptions>({
  usage: 'pass',
  summary: 'pass a part of what an agent holds on to another, as that agent, with its own key',
  options: [
    { flags: '--agent <agent>', summary: 'the id of the agent that passes it on', required: true },
    { flags: '--key <file>', summary: "that agent's private key, a JWK", required: true },
    { flags: '--to <agent>', summary: 'the id of the agent that is to help', required: true },
    { flags: '--purpose <text>', summary: 'what it is for', required: true },
    { flags: '--parent <delegation>', summary: 'the delegation it is a part of' },
    { flags: '--task <task>', summary: 'or the task: within its limits, and ended with it' },
    // What is left out stays as the agent holds it.
    ...limitOptions.map(({ initial: _, ...option }) => option),
  ],
  examples: [
    "delegations pass --agent agt_… --key planner.key --to agt_… --parent dlg_… --purpose 'Read the invoices' --allow 'payments/list_*' --calls 20",
  ],
  async run(session, options) {
    const { agent, key, to, purpose, parent, task } = options;
    if ((parent === undefined) === (task === undefined)) throw new CliError('give either --parent or --task');
    const acting = await Agent.create({ url: session.serverUrl(), agentId: agent, key: readPrivateKey(key) });
    const passed = await acting.passOn({
      to,
      purpose,
      ...(parent === undefined ? {} : { delegationId: parent }),
      ...(task === undefined ? {} : { taskId: task }),
      limits: readNarrowing(options, session.now()),
    });
    session.print.item(passed as unknown as Delegation, delegationDetailFields);
    session.print.next(`delegations tree ${passed.id}`);
    return undefined;
  },
});
