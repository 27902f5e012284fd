import { createInterface } from 'node:readline/promises';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { collect } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { type AgentFacts, agentFields } from './agent.ts';
import { findGhosts } from './ghosts.ts';
import { handoverFields, proposeHandovers } from './handover.ts';

interface OffboardOptions {
  readonly to?: string;
  readonly retire?: readonly string[];
  readonly reason?: string;
}

type Fate = 'take' | 'retire' | 'leave';

export const offboardPerson = defineCommand<OffboardOptions>({
  usage: 'offboard <person>',
  summary: 'for who leaves: list their agents, and have others take over or retire each',
  options: [
    { flags: '--to <person>', summary: 'who is asked to take them over; asked at a terminal when left out' },
    { flags: '--retire <agent>', summary: 'suggest to retire this one; many times', parse: collect },
    { flags: '--reason <text>', summary: 'shown to who is asked, and kept as evidence' },
  ],
  examples: ['agents offboard per_…', 'agents offboard per_… --to per_… --retire old-bot'],
  async run(session, options, person = '') {
    const api = session.api();
    const found = await api.list<AgentFacts>('/v1/agents', { limit: 200, ownerId: person }, 100_000);
    const agents = found.filter(({ state }) => state !== 'retired');
    if (agents.length === 0 || (options.to === undefined && session.streams.stdin.isTTY !== true)) {
      session.print.rows(agents, agentFields, 'this person owns no agents');
      if (agents.length > 0) session.print.next(`agents offboard ${person} --to <person>`);
      return undefined;
    }
    const chosen =
      options.to === undefined ? await askAll(session, person, agents) : chooseAll(agents, options);
    const { to, reason = options.reason } = chosen;
    const made = [];
    for (const suggests of ['take', 'retire'] as const) {
      const agentIds = agents.filter(({ id }) => chosen.fates.get(id) === suggests).map(({ id }) => id);
      const wanted = { toPersonId: to, agentIds, suggests, ...(reason === undefined ? {} : { reason }) };
      made.push(...(await proposeHandovers(api, wanted)));
    }
    session.print.rows(made, handoverFields, 'nothing was proposed');
    return undefined;
  },
});

interface Chosen {
  readonly to: string;
  readonly reason?: string;
  readonly fates: ReadonlyMap<string, Fate>;
}

function chooseAll(agents: readonly AgentFacts[], { to = '', retire = [] }: OffboardOptions): Chosen {
  const names = new Set(agents.flatMap(({ id, name }) => [id, name]));
  for (const named of retire) if (!names.has(named)) throw new CliError(`${named} is none of their agents`);
  const isRetired = ({ id, name }: AgentFacts) => retire.includes(id) || retire.includes(name);
  return { to, fates: new Map(agents.map((one) => [one.id, isRetired(one) ? 'retire' : 'take'])) };
}

const fates: Readonly<Record<string, Fate>> = { h: 'take', r: 'retire', l: 'leave' };

/** One question for each agent, with what is known against it. */
async function askAll(session: Session, person: string, agents: readonly AgentFacts[]): Promise<Chosen> {
  const { stdin, stderr } = session.streams;
  const ghosts = await findGhosts(session.api(), { ownerId: person });
  const asking = createInterface({ input: stdin, output: stderr });
  try {
    const chosen = new Map<string, Fate>();
    for (const agent of agents) {
      session.print.item(agent, agentFields);
      for (const { agentId, detail } of ghosts) if (agentId === agent.id) session.print.note(`  ! ${detail}`);
      const answer = await asking.question('[h]and over, [r]etire or [l]eave? ', { signal: session.signal });
      chosen.set(agent.id, fates[answer.trim().toLowerCase().slice(0, 1)] ?? 'leave');
    }
    const to = await asking.question('To whom (id of the person)? ', { signal: session.signal });
    return { to: to.trim(), fates: chosen };
  } finally {
    asking.close();
  }
}
