import { defineCommand } from '../../command.ts';
import { ShownText } from '../../output/printer.ts';
import { type Delegation, delegationDetailFields } from './delegation.ts';

interface Detail extends Delegation {
  readonly chain: readonly Delegation[];
  readonly used: {
    readonly calls: number;
    readonly spendMinor: number;
    readonly rows: number;
    readonly bytes: number;
  };
}

export const showDelegation = defineCommand({
  usage: 'show <delegation>',
  summary: 'one delegation, what is used of it, and the chain above it',
  async run(session, _options, id = '') {
    const detail = await session.api().get<Detail>(`/v1/delegations/${encodeURIComponent(id)}`);
    session.print.item(detail, [
      ...delegationDetailFields,
      [
        'USED',
        ({ used }) =>
          `${used.calls} calls, ${used.spendMinor} minor units, ${used.rows} rows, ${used.bytes} bytes`,
      ],
      ['CHAIN', ({ chain }) => new ShownText(chain.map(describeLink).join('\n'))],
    ]);
    session.print.next(`delegations tree ${detail.id}`, `delegations revoke ${detail.id} --reason '…'`);
    return undefined;
  },
});

function describeLink({ id, fromPersonId, fromAgentId, agentId, state }: Delegation): string {
  return `${id}  ${fromPersonId ?? fromAgentId ?? '-'} → ${agentId}  ${state}`;
}
