import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type AgentFacts, agentFields, findAgentId } from './agent.ts';

const changes = new Map<string, (before: readonly string[], named: readonly string[]) => readonly string[]>([
  ['set', (_, named) => named],
  ['add', (before, named) => [...before, ...named]],
  ['remove', (before, named) => before.filter((group) => !named.includes(group))],
]);

export const groupAgent = defineCommand({
  usage: 'groups <agent> <change> [group...]',
  summary: 'set, add or remove the groups that policies know the agent by',
  examples: ['agents groups refund-bot add payers', 'agents groups refund-bot set payers night-shift'],
  async run(session, _options, named = '', change = '', ...groups) {
    const apply = changes.get(change);
    if (apply === undefined) throw new CliError(`${change} is not set, add or remove`);
    if (change !== 'set' && groups.length === 0) throw new CliError(`name the groups to ${change}`);
    const path = `/v1/agents/${await findAgentId(session.api(), named)}`;
    const before = await session.api().get<AgentFacts>(path);
    const body = { groups: apply(before.groups, groups) };
    session.print.item(await session.api().send<AgentFacts>('PUT', `${path}/groups`, body), agentFields);
    return undefined;
  },
});
