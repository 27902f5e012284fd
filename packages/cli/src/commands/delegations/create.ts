import { defineCommand } from '../../command.ts';
import { type LimitOptions, limitOptions, readLimits } from '../../limit-options.ts';
import { findAgentId } from '../agents/agent.ts';
import { type Delegation, delegationDetailFields } from './delegation.ts';

interface CreateOptions extends LimitOptions {
  readonly agent: string;
  readonly purpose: string;
  readonly from?: string;
  readonly default?: boolean;
}

export const createDelegation = defineCommand<CreateOptions>({
  usage: 'create',
  summary: 'let an agent act for its owner, within limits',
  options: [
    { flags: '--agent <agent>', summary: 'id or name', required: true },
    { flags: '--purpose <text>', summary: 'what it is for', required: true },
    ...limitOptions,
    { flags: '--from <person>', summary: "whose permission it is (default: the agent's owner)" },
    { flags: '--default', summary: 'tasks that name no delegation are opened under this one' },
  ],
  examples: [
    "delegations create --agent invoice-bot --purpose 'Pay invoices' --allow 'payments/*' --effect read --effect spend --spend 50000 --currency EUR",
  ],
  async run(session, options) {
    const agentId = await findAgentId(session.api(), options.agent);
    const body = {
      agentId,
      purpose: options.purpose,
      isDefault: options.default === true,
      limits: readLimits(options, session.now()),
      ...(options.from === undefined ? {} : { fromPersonId: options.from }),
    };
    session.print.item(
      await session.api().send<Delegation>('POST', '/v1/delegations', body),
      delegationDetailFields,
    );
    session.print.next(`tasks list --agent ${agentId}`);
    return undefined;
  },
});
