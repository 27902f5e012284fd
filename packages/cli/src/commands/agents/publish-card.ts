import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { collect } from '../../parse-options.ts';
import { findAgentId } from './agent.ts';
import { readSkill } from './read-skill.ts';

interface PublishOptions {
  readonly at?: string;
  readonly restAt?: string;
  readonly skill?: readonly string[];
  readonly description?: string;
  readonly streaming?: boolean;
}

interface CardFacts {
  readonly agentId: string;
  readonly url: string;
  readonly skills: readonly { readonly id: string }[];
}

export const publishCard = defineCommand<PublishOptions>({
  usage: 'publish-card <agent>',
  summary: 'let the world read a signed A2A card of the agent (docs/a2a.md)',
  options: [
    { flags: '--at <url>', summary: 'where the agent listens, JSON-RPC of A2A 1.0' },
    { flags: '--rest-at <url>', summary: 'where it listens in the HTTP+JSON binding, if it does' },
    {
      flags: '--skill <skill>',
      summary: "'id: what it does', or 'id [tag, tag]: what it does'; many times",
      parse: collect,
    },
    { flags: '--description <text>', summary: 'what it does (default: its purpose)' },
    { flags: '--streaming', summary: 'it answers piece by piece, too' },
  ],
  examples: [
    'agents publish-card clerk --at https://clerk.example.com/rpc',
    "agents publish-card clerk --at https://clerk.example.com/rpc --skill 'lookup [books]: Finds an entry'",
  ],
  async run(session, { at: url, restAt: restUrl, description, streaming, skill }, named = '') {
    if (url === undefined) throw new CliError('say where the agent listens with --at');
    const skills = skill?.map(readSkill);
    const id = await findAgentId(session.api(), named);
    const given = Object.entries({ url, restUrl, description, streaming, skills }).filter(
      ([, value]) => value !== undefined,
    );
    const body = Object.fromEntries(given);
    const card = await session.api().send<CardFacts>('PUT', `/v1/agents/${id}/card`, body);
    session.print.item(card, [
      ['CARD', () => `${session.serverUrl()}/a2a/${id}/.well-known/agent-card.json`],
      ['LISTENS AT', (one) => one.url],
      ['SKILLS', (one) => one.skills.map((each) => each.id).join(', ') || 'none named'],
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
