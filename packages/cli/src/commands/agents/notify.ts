import { defineCommand } from '../../command.ts';
import type { Column } from '../../output/printer.ts';
import { findAgentId } from './agent.ts';

interface NotificationEndpoint {
  readonly agentId: string;
  readonly url: string | null;
  readonly delivery: string;
}

const fields: readonly Column<NotificationEndpoint>[] = [
  ['AGENT', ({ agentId }) => agentId],
  ['DELIVERY', ({ delivery }) => delivery],
  ['URL', ({ url }) => url ?? 'none: the agent polls'],
];

export const notifyAgent = defineCommand<{ at?: string; none?: boolean }>({
  usage: 'notify <agent>',
  summary: 'show or set where an agent is told that a person has answered it',
  options: [
    { flags: '--at <url>', summary: 'https, or http on this machine; gets the id of the answered request' },
    { flags: '--none', summary: 'tell it nowhere: it polls' },
  ],
  async run(session, { at, none }, named = '') {
    const path = `/v1/agents/${await findAgentId(session.api(), named)}/notification-endpoint`;
    const isShown = at === undefined && none !== true;
    const endpoint = isShown
      ? await session.api().get<NotificationEndpoint>(path)
      : await session.api().send<NotificationEndpoint>('PUT', path, { url: at ?? null });
    session.print.item(endpoint, fields);
    return undefined;
  },
});
