import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { findAgentId } from './agent.ts';

interface PublishOptions {
  readonly url?: string;
  readonly description?: string;
  readonly streaming?: boolean;
}

interface CardFacts {
  readonly agentId: string;
  readonly url: string;
}

export const publishCard = defineCommand<PublishOptions>({
  usage: 'publish-card <agent>',
  summary: 'let the world read a signed A2A card of the agent (docs/a2a.md)',
  options: [
    { flags: '--url <url>', summary: 'where the agent listens' },
    { flags: '--description <text>', summary: 'what it does (default: its purpose)' },
    { flags: '--streaming', summary: 'it answers piece by piece, too' },
  ],
  examples: ['agents publish-card clerk --url https://clerk.example.com/rpc'],
  async run(session, { url, description, streaming }, named = '') {
    if (url === undefined) throw new CliError('say where the agent listens with --url');
    const id = await findAgentId(session.api(), named);
    const given = Object.entries({ url, description, streaming }).filter(([, value]) => value !== undefined);
    const body = Object.fromEntries(given);
    const card = await session.api().send<CardFacts>('PUT', `/v1/agents/${id}/card`, body);
    session.print.item(card, [
      ['CARD', () => `${session.serverUrl()}/a2a/${id}/.well-known/agent-card.json`],
      ['LISTENS AT', (one) => one.url],
    ]);
    return undefined;
  },
});

export const withdrawCard = defineCommand({
  usage: 'withdraw-card <agent>',
  summary: 'nobody can read the card of the agent any more',
  async run(session, _options, named = '') {
    const id = await findAgentId(session.api(), named);
    await session.api().send('DELETE', `/v1/agents/${id}/card`);
    session.print.item({ id }, [['WITHDRAWN', (one) => one.id]]);
    return undefined;
  },
});
